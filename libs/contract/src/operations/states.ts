import { z } from 'zod';

export const OperationState = z
  .enum(['queued', 'waiting_for_approval', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted'])
  .meta({ id: 'OperationState' });
export type OperationState = z.infer<typeof OperationState>;

/** The allowed transitions. An end state has none: late updates are swallowed. */
export const operationTransitions: Record<OperationState, readonly OperationState[]> = {
  waiting_for_approval: ['queued', 'failed', 'cancelled', 'interrupted'],
  queued: ['running', 'failed', 'cancelled', 'interrupted'],
  running: ['succeeded', 'failed', 'cancelled', 'interrupted'],
  succeeded: [],
  failed: [],
  cancelled: [],
  interrupted: [],
};

export function mayBecome(from: OperationState, to: OperationState): boolean {
  return operationTransitions[from].includes(to);
}

export function hasEnded(state: OperationState): boolean {
  return operationTransitions[state].length === 0;
}
