import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import {
  EngineSlug,
  WaybillError,
  parseReference,
  type AuditAction,
  type AuditDraft,
  type Permission,
} from '@waybill/contract';
import type { FastifyRequest } from 'fastify';
import { Record } from '../audit/record.service.js';
import type { DeniedDeed } from '../common/access.decorators.js';
import { draftOf, type ActorContext } from '../common/actor-context.js';
import { DenialFlood } from './denial-flood.js';

/** A little longer than a window of DenialFlood. */
const settleEveryMs = 61_000;

interface Denied {
  action: AuditAction;
  permission: Permission;
  target: AuditDraft['target'];
}

/** What somebody who is known was refused, put on record. */
@Injectable()
export class AccessDenials implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Access');
  private readonly flood = new DenialFlood();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly events: Record) {}

  /** A denial that a domain found by itself. */
  async record(who: ActorContext, { action, permission, target }: Denied): Promise<void> {
    const error = new WaybillError('permission.denied', `This needs the permission ${permission}.`).toFailure();
    await this.write(
      draftOf(who, { action, phase: 'outcome', outcome: 'denied', error, target, details: { permission } }),
    );
  }

  /** A push that the rules refuse. */
  async refusedPush(
    who: ActorContext,
    { engine, reference }: { engine: string; reference: string },
    error: WaybillError,
  ): Promise<void> {
    await this.write(
      draftOf(who, {
        action: 'image.push',
        phase: 'outcome',
        outcome: 'denied',
        error: error.toFailure(),
        engine: { slug: engine, id: null },
        target: targetIn({ reference }, 'reference'),
        details: typeof error.extra?.['rule'] === 'string' ? { ruleId: error.extra['rule'] } : {},
      }),
    );
  }

  /** A denial by the guard. Never throws: what was denied stays denied, whether or not it can be written down. */
  async note(
    who: ActorContext,
    request: FastifyRequest,
    error: WaybillError,
    deed: DeniedDeed | undefined,
  ): Promise<void> {
    if (error.code !== 'permission.denied' && error.code !== 'auth.session_required') return;
    await this.write(draftFor(who, request, error, deed));
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await this.settle(Number.POSITIVE_INFINITY);
  }

  private async write(draft: AuditDraft): Promise<void> {
    if (this.flood.admits(draft, Date.now())) return this.append(draft);
    this.timer ??= setTimeout(() => void this.settle(Date.now()), settleEveryMs).unref();
  }

  private async settle(now: number): Promise<void> {
    this.timer = undefined;
    for (const draft of this.flood.settle(now)) await this.append(draft);
  }

  private async append(draft: AuditDraft): Promise<void> {
    try {
      await this.events.append(draft);
    } catch (error) {
      this.logger.error({ err: error }, 'A denial could not be put on record');
    }
  }
}

function draftFor(
  who: ActorContext,
  request: FastifyRequest,
  error: WaybillError,
  deed: DeniedDeed | undefined,
): AuditDraft {
  return draftOf(who, {
    action: deed?.action ?? 'access.denied',
    phase: 'outcome',
    outcome: 'denied',
    error: error.toFailure(),
    engine: engineIn(request.params),
    target: deed ? targetIn(request.body, deed.field) : null,
    details: {
      method: request.method,
      route: request.routeOptions.url ?? '',
      ...missingIn(error),
    },
  });
}

function missingIn({ extra }: WaybillError): { permission?: string } {
  const missing = extra?.['missing'];
  return Array.isArray(missing) ? { permission: missing.filter((one) => typeof one === 'string').join(', ') } : {};
}

function engineIn(params: unknown): AuditDraft['engine'] {
  const read = EngineSlug.safeParse(textIn(params, 'engine'));
  return read.success ? { slug: read.data, id: null } : null;
}

function targetIn(body: unknown, field: string): AuditDraft['target'] {
  const text = textIn(body, field);
  if (text === undefined || text.length > 512) return null;
  try {
    const { registry, repository, tag, digest } = parseReference(text);
    const isSha256 = digest !== null && /^sha256:[0-9a-f]{64}$/.test(digest);
    return {
      reference: text.trim(),
      registry,
      repository,
      tag,
      digest: isSha256 ? digest : null,
      imageId: null,
      size: null,
    };
  } catch {
    return null;
  }
}

function textIn(value: unknown, field: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Reflect.get(value, field);
  const first: unknown = Array.isArray(found) ? found[0] : found;
  return typeof first === 'string' ? first : undefined;
}
