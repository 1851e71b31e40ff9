import { useQuery } from '@tanstack/vue-query';
import { AuditEventList, OperationList, type AuditEvent, type Failure, type Operation } from '@waybill/contract';
import { computed } from 'vue';
import { api } from '../../../shared/api/api.js';
import { queryKeys } from '../../../shared/api/query-keys.js';
import type { ShownActor } from '../../../shared/parts/actor.js';
import type { ShownState } from '../../../shared/parts/states.js';
import { useRegistries } from '../../../shared/registries/useRegistries.js';
import { useSession } from '../../../shared/session/useSession.js';

/** One push that ended, out of the record or, for those who may not read it, out of the operations. */
export interface StreamRow {
  key: string;
  actor: ShownActor;
  state: ShownState;
  target: { reference: string | null; registry: string | null };
  place: string | null;
  at: string;
  digest: string | null;
  bytes: number | null;
  seconds: number | null;
  error: Failure | null;
  to: string;
}

const rowCount = 8;
const ended = ['succeeded', 'failed', 'cancelled', 'interrupted'] as const;

function fromEvent(event: AuditEvent, nameOf: (address: string) => string): StreamRow {
  const { target, outcome, actor, personal } = event;
  const moved = event.details['bytesMoved'];
  return {
    key: event.id,
    actor: { ...actor, name: personal?.actorName ?? null },
    state: outcome ?? 'succeeded',
    target: { reference: target?.reference ?? null, registry: target?.registry ?? null },
    place: target?.registry ? nameOf(target.registry) : null,
    at: event.at,
    digest: target?.digest ?? null,
    bytes: typeof moved === 'number' ? moved : (target?.size ?? null),
    seconds: event.durationMs === null ? null : event.durationMs / 1000,
    error: event.error,
    to: event.operationId && outcome !== 'denied' ? `/operations/${event.operationId}` : `/record/${event.seq}`,
  };
}

function fromOperation(operation: Operation): StreamRow {
  const { result } = operation;
  return {
    key: operation.id,
    actor: operation.actor,
    state: operation.state,
    target: { reference: operation.reference, registry: operation.registry.address },
    place: operation.registry.name,
    at: operation.endedAt ?? operation.createdAt,
    digest: result?.digest ?? null,
    bytes: result?.bytesMoved ?? null,
    seconds: result ? result.durationMs / 1000 : null,
    error: operation.error,
    to: `/operations/${operation.id}`,
  };
}

/** The last pushes: with what was denied or done elsewhere for those who read the record. */
export function useStream() {
  const { may } = useSession();
  const { nameOf } = useRegistries();
  const reads = computed(() => may('audit.read'));

  const recordQuery = { action: 'image.push', phase: ['outcome', 'observed'], limit: rowCount };
  const record = useQuery({
    queryKey: queryKeys.auditEvents(recordQuery),
    queryFn: () => api.get('/audit/events', AuditEventList, { query: recordQuery }),
    enabled: reads,
  });
  const operationQuery = { kind: 'image.push', state: ended, limit: rowCount };
  const operations = useQuery({
    queryKey: queryKeys.operations({ stream: true, ...operationQuery }),
    queryFn: () => api.get('/operations', OperationList, { query: operationQuery }),
    enabled: computed(() => !reads.value),
  });

  const rows = computed<StreamRow[]>(() =>
    reads.value
      ? (record.data.value?.items ?? []).map((event) => fromEvent(event, nameOf))
      : (operations.data.value?.items ?? []).map(fromOperation),
  );
  const query = computed(() => (reads.value ? record : operations));
  const pending = computed(() => query.value.isPending.value);
  const error = computed(() => query.value.error.value);
  const retry = (): unknown => query.value.refetch();
  return { rows, pending, error, retry, reads };
}
