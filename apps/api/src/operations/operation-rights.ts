import type { Operation } from '@waybill/contract';
import type { ActorContext } from '../common/actor-context.js';

/** What a cancel by this actor does: end it, only take the actor out of a shared one, or nothing. */
export function mayCancel(operation: Operation, who: ActorContext): 'end' | 'leave' | 'no' {
  const takesPart = operation.participants.some((one) => one.actor.id !== null && one.actor.id === who.actor.id);
  if (takesPart && operation.participants.length > 1) return 'leave';
  const own =
    takesPart ||
    (operation.actor.id !== null && operation.actor.id === who.actor.id && operation.participants.length === 0);
  return own || who.permissions.has('operation.cancel') ? 'end' : 'no';
}

/** The operation as this actor may see it: who neither pulls nor manages registries sees no login's name. */
export function forWhom(operation: Operation, who: ActorContext): Operation {
  return who.permissions.has('image.pull') || who.permissions.has('registry.manage')
    ? operation
    : { ...operation, credential: null };
}
