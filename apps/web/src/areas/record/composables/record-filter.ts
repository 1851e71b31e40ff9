import { AuditDoor, AuditOutcome, auditActions, type AuditAction } from '@waybill/contract';
import type { LocationQuery, LocationQueryRaw } from 'vue-router';
import type { Query } from '../../../shared/api/api.js';

export const recordSpans = ['day', 'week', 'month', 'all'] as const;
export type RecordSpan = (typeof recordSpans)[number];

/** What the sentence says. `from` and `to` are the part of the span that was drawn on the histogram, ISO 8601 in UTC. */
export interface RecordFilter {
  actor: string | null;
  action: AuditAction[];
  outcome: AuditOutcome[];
  door: AuditDoor[];
  registry: string | null;
  repository: string | null;
  tag: string | null;
  digest: string | null;
  operation: string | null;
  span: RecordSpan;
  from: string | null;
  to: string | null;
  /** Also shows what was only meant: the intents. */
  intents: boolean;
}

const spanSeconds: Record<Exclude<RecordSpan, 'all'>, number> = { day: 86_400, week: 7 * 86_400, month: 30 * 86_400 };

function texts(value: LocationQuery[string] | undefined): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => Boolean(one));
}
const first = (value: LocationQuery[string] | undefined): string | null => texts(value)[0] ?? null;

function time(value: LocationQuery[string] | undefined): string | null {
  const text = first(value);
  return text && !Number.isNaN(Date.parse(text)) ? new Date(text).toISOString() : null;
}

/** Those of all that are wanted, in the order of all. */
export function among<T extends string>(all: readonly T[], wanted: readonly string[]): T[] {
  return all.filter((one) => wanted.includes(one));
}

/** Reads the filter out of the address; what it does not know it passes over. An operation's events are looked for in all time. */
export function readFilter(query: LocationQuery): RecordFilter {
  const operation = first(query['operation']);
  const span = recordSpans.find((one) => one === first(query['span']));
  return {
    actor: first(query['actor']),
    action: among(auditActions, texts(query['action'])),
    outcome: among(AuditOutcome.options, texts(query['outcome'])),
    door: among(AuditDoor.options, texts(query['door'])),
    registry: first(query['registry']),
    repository: first(query['repository']),
    tag: first(query['tag']),
    digest: first(query['digest']),
    operation,
    span: span ?? (operation ? 'all' : 'week'),
    from: time(query['from']),
    to: time(query['to']),
    intents: first(query['intents']) === 'true',
  };
}

/** The address of a filter; what stands there by default is left out. */
export function writeFilter(filter: RecordFilter): LocationQueryRaw {
  const normal = filter.operation ? 'all' : 'week';
  const { actor, action, outcome, door, registry, repository, tag, digest, operation, from, to } = filter;
  const entries: LocationQueryRaw = {
    actor,
    action,
    outcome,
    door,
    registry,
    repository,
    tag,
    digest,
    operation,
    from,
    to,
    span: filter.span === normal ? null : filter.span,
    intents: filter.intents ? 'true' : null,
  };
  return Object.fromEntries(
    Object.entries(entries).filter(([, value]) => value !== null && (!Array.isArray(value) || value.length)),
  );
}

/** Whether anything but the span is asked for. */
export function isNarrowed(filter: RecordFilter): boolean {
  const { span: _span, intents: _intents, ...rest } = filter;
  return Object.values(rest).some((value) => (Array.isArray(value) ? value.length > 0 : value !== null));
}

function whatIsAsked(filter: RecordFilter): Query {
  const { actor, action, outcome, door, registry, repository, tag, digest, operation } = filter;
  const phase = filter.intents ? ['intent', 'outcome', 'observed'] : ['outcome', 'observed'];
  return { actor, action, outcome, door, registry, repository, tag, digest, operation, phase };
}

/** The whole span, as the histogram shows it. `now` (milliseconds) is when the page last looked. */
export function spanQuery(filter: RecordFilter, now: number): Query {
  if (filter.span === 'all') return whatIsAsked(filter);
  const from = new Date(now - spanSeconds[filter.span] * 1000).toISOString();
  return { ...whatIsAsked(filter), from, to: new Date(now).toISOString() };
}

/** What is listed, counted and exported: the drawn part of the span, else all of it. */
export function listQuery(filter: RecordFilter, now: number): Query {
  const span = spanQuery(filter, now);
  return { ...span, from: filter.from ?? span['from'], to: filter.to ?? (filter.from ? null : span['to']) };
}
