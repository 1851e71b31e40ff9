import type { AuditOutcome, OperationState } from '@waybill/contract';

/** How a state looks everywhere: icon, colour token, and (elsewhere) its word. Never colour alone. */
export interface StateLook {
  icon: string;
  text: string;
  color: 'primary' | 'success' | 'error' | 'warning' | 'secondary' | 'neutral';
}

/** `denied` is the outcome of an event, never the state of an operation. */
export type ShownState = OperationState | AuditOutcome;

export const states: Record<ShownState, StateLook> = {
  running: { icon: 'i-lucide-loader', text: 'text-primary', color: 'primary' },
  queued: { icon: 'i-lucide-circle-dashed', text: 'text-muted', color: 'neutral' },
  succeeded: { icon: 'i-lucide-circle-check', text: 'text-success', color: 'success' },
  failed: { icon: 'i-lucide-circle-x', text: 'text-error', color: 'error' },
  cancelled: { icon: 'i-lucide-circle-slash', text: 'text-muted line-through', color: 'neutral' },
  interrupted: { icon: 'i-lucide-unplug', text: 'text-warning', color: 'warning' },
  waiting_for_approval: { icon: 'i-lucide-stamp', text: 'text-secondary', color: 'secondary' },
  denied: { icon: 'i-lucide-shield-x', text: 'text-error', color: 'error' },
};
