import type {
  Actor,
  AuditDraft,
  Failure,
  Operation,
  OperationKind,
  OperationResult,
  OperationState,
} from '@waybill/contract';

/** What a door asks for, already read and judged. */
export interface NewOperation {
  kind: OperationKind;
  engine: string;
  /** Canonical; of a push of all tags the repository alone. */
  reference: string;
  registry: { id: string; name: string; address: string };
  credential: { id: string; username: string } | null;
  platform: string | null;
  parentId?: string;
  retryOf?: string;
}

/** Who asked, as the outcome's event will say it: kept with the operation, for it may end after a restart. */
export type OperationVia = AuditDraft['via'] & { ip: string | null; userAgent: string | null };

/** How an operation ended. */
export interface Ending {
  state: Extract<OperationState, 'succeeded' | 'failed' | 'cancelled' | 'interrupted'>;
  result?: OperationResult;
  error?: Failure;
  /** Who cancelled it. */
  by?: Actor;
}

/** An operation as its repository holds it, with what no answer shows. */
export interface StoredOperation {
  operation: Operation;
  via: OperationVia;
  intentSeq: number | null;
}
