import type { AuditFilter } from '@waybill/contract';
import { escapeLike, type Prisma } from '@waybill/database';

/**
 * A filter as the database takes it. Text is compared whole and in lower case; `*` stands for any run of characters, wherever it
 * stands.
 */
export function whereOf(filter: AuditFilter): Prisma.AuditEventWhereInput {
  const { actor, action, outcome, phase, door, engine, operation, subject, from, to } = filter;
  return {
    AND: [
      ...(actor === undefined ? [] : [actorIs(actor)]),
      ...(action ? [{ action: { in: action } }] : []),
      ...(outcome ? [{ outcome: { in: outcome } }] : []),
      ...(phase ? [{ phase: { in: phase } }] : []),
      ...(door ? [{ door: { in: door } }] : []),
      ...(engine === undefined ? [] : [{ engine }]),
      ...(operation === undefined ? [] : [{ operationId: operation }]),
      ...(subject === undefined ? [] : [{ subjectId: subject }]),
      ...textIs('registry', filter.registry),
      ...textIs('repository', filter.repository),
      ...textIs('tag', filter.tag),
      ...textIs('digest', filter.digest),
      ...(from === undefined ? [] : [{ at: { gte: new Date(from) } }]),
      ...(to === undefined ? [] : [{ at: { lte: new Date(to) } }]),
    ],
  };
}

function actorIs(actor: string): Prisma.AuditEventWhereInput {
  return actor === 'system' || actor === 'external' ? { actorType: actor } : { actorId: actor };
}

type TextColumn = 'registry' | 'repository' | 'tag' | 'digest';

function textIs(column: TextColumn, wanted: string | undefined): Prisma.AuditEventWhereInput[] {
  if (wanted === undefined) return [];
  const text = wanted.toLowerCase();
  if (!text.includes('*')) return [{ [column]: text }];
  const parts = text.split('*').map(escapeLike);
  const inner = parts.filter(Boolean).join('%');
  const begins = parts[0] !== '';
  const ends = parts.at(-1) !== '';
  // A run of characters at neither end: the pattern from the beginning and the pattern to the end are, together, the whole.
  if (begins && ends) return [{ [column]: { startsWith: inner } }, { [column]: { endsWith: inner } }];
  if (begins) return [{ [column]: { startsWith: inner } }];
  return [{ [column]: ends ? { endsWith: inner } : { contains: inner } }];
}
