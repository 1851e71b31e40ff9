import type { AuditDraft, AuditOutcome, Operation } from '@waybill/contract';
import { draftOf, type ActorContext } from '../common/actor-context.js';
import { targetOf } from './operation-reference.js';
import type { Ending, OperationVia, StoredOperation } from './operation.types.js';

/** What is kept with an operation, so that its outcome's event says through which door it was asked for. */
export function viaOf(who: ActorContext): OperationVia {
  return {
    door: who.door,
    authMethod: who.authMethod,
    tokenId: who.tokenId,
    requestId: who.requestId,
    ip: who.ip,
    userAgent: who.userAgent,
  };
}

export function intentDraft(operation: Operation, who: ActorContext, engineId: string | null): AuditDraft {
  return draftOf(who, {
    action: operation.kind,
    phase: 'intent',
    outcome: null,
    engine: { slug: operation.engine, id: engineId },
    target: targetOf(operation.reference),
    operationId: operation.id,
    details: detailsOf(operation),
  });
}

/** What was refused when its turn came stands on record as denied, as if it had been refused when it was asked for. */
const denials: ReadonlySet<string> = new Set(['permission.denied', 'push.denied_by_rule', 'push.tag_protected']);

/** The outcome's event: what was really done, by whom it was asked for. */
export function outcomeDraft(
  { operation, via, intentSeq }: StoredOperation,
  ending: Ending,
  engineId: string | null,
): AuditDraft {
  const { door, authMethod, tokenId, requestId, ip, userAgent } = via;
  const { result } = ending;
  return {
    actor: { type: operation.actor.type, id: operation.actor.id },
    via: { door, authMethod, tokenId, requestId },
    personal: { actorName: operation.actor.name, ip, userAgent },
    action: operation.kind,
    phase: 'outcome',
    outcome: ending.error && denials.has(ending.error.code) ? 'denied' : ending.state,
    engine: { slug: operation.engine, id: engineId },
    target: targetOf(operation.reference, {
      digest: result?.digest ?? null,
      imageId: result?.imageId ?? null,
      size: result?.size ?? null,
    }),
    subject: null,
    operationId: operation.id,
    intentSeq,
    error: ending.error ?? null,
    durationMs: operation.startedAt ? Math.max(0, Date.now() - Date.parse(operation.startedAt)) : 0,
    details: {
      ...detailsOf(operation),
      ...(result
        ? { layersMoved: result.layersMoved, layersThere: result.layersThere, bytesMoved: result.bytesMoved }
        : {}),
      ...(ending.by?.id ? { cancelledBy: ending.by.id } : {}),
    },
  };
}

export function joinDraft(operation: Operation, who: ActorContext): AuditDraft {
  return aboutOperation(operation, who, 'operation.join', 'succeeded');
}

export function leaveDraft(
  operation: Operation,
  who: ActorContext,
  action: 'operation.leave' | 'operation.cancel',
  outcome: AuditOutcome,
): AuditDraft {
  return aboutOperation(operation, who, action, outcome);
}

function aboutOperation(
  operation: Operation,
  who: ActorContext,
  action: AuditDraft['action'],
  outcome: AuditOutcome,
): AuditDraft {
  return draftOf(who, {
    action,
    phase: 'outcome',
    outcome,
    engine: { slug: operation.engine, id: null },
    target: targetOf(operation.reference),
    subject: { type: 'operation', id: operation.id },
    operationId: operation.id,
    details: { kind: operation.kind },
  });
}

function detailsOf(operation: Operation): AuditDraft['details'] {
  return {
    ...(operation.platform ? { platform: operation.platform } : {}),
    ...(operation.credential ? { credentialId: operation.credential.id } : {}),
    ...(operation.parentId ? { parentId: operation.parentId } : {}),
    ...(operation.retryOf ? { retryOf: operation.retryOf } : {}),
  };
}
