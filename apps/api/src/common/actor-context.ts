import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Actor, AuditDraft, AuthMethod, Permission, Role } from '@waybill/contract';
import type { FastifyRequest } from 'fastify';

/** Who came through which door, and what they may at this moment. */
export interface ActorContext {
  actor: Actor;
  username: string | null;
  role: Role | null;
  permissions: ReadonlySet<Permission>;
  door: 'browser' | 'api' | 'system';
  authMethod: AuthMethod | null;
  sessionId: string | null;
  tokenId: string | null;
  requestId: string | null;
  ip: string | null;
  userAgent: string | null;
  /** Until when what asks for the password again is open. */
  confirmedUntil: Date | null;
}

/** Waybill itself: what it does at start, at stop and by the clock. */
export const systemContext: ActorContext = {
  actor: { type: 'system', id: null, name: 'system' },
  username: null,
  role: null,
  permissions: new Set(),
  door: 'system',
  authMethod: null,
  sessionId: null,
  tokenId: null,
  requestId: null,
  ip: null,
  userAgent: null,
  confirmedUntil: null,
};

declare module 'fastify' {
  interface FastifyRequest {
    actorContext?: ActorContext;
  }
}

/** The ActorContext of a request that the guard let through. */
export const Who = createParamDecorator((_: unknown, context: ExecutionContext): ActorContext => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  if (!request.actorContext) throw new Error('This route has no actor: declare @Needs() or @LoggedIn() on it.');
  return request.actorContext;
});

/** The part of a draft that says who and through which door, the same for every deed of a request. */
function byWhom(who: ActorContext): Pick<AuditDraft, 'actor' | 'via' | 'personal'> {
  return {
    actor: { type: who.actor.type, id: who.actor.id },
    via: { door: who.door, authMethod: who.authMethod, tokenId: who.tokenId, requestId: who.requestId },
    personal: { actorName: who.actor.name, ip: who.ip, userAgent: who.userAgent },
  };
}

/** A draft with what most deeds leave empty. */
export function draftOf(
  who: ActorContext,
  deed: Pick<AuditDraft, 'action' | 'phase' | 'outcome'> & Partial<AuditDraft>,
): AuditDraft {
  return {
    engine: null,
    target: null,
    subject: null,
    operationId: null,
    intentSeq: null,
    error: null,
    durationMs: null,
    details: {},
    ...byWhom(who),
    ...deed,
  };
}
