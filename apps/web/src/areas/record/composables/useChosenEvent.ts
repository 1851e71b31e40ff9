import { useQuery } from '@tanstack/vue-query';
import { AuditEvent } from '@waybill/contract';
import { computed, type Ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { api } from '../../../shared/api/api.js';
import { queryKeys } from '../../../shared/api/query-keys.js';

/** The event that the address names: out of the list where it stands there, else asked for by itself. An event never changes. */
export function useChosenEvent(listed: Ref<readonly AuditEvent[]>) {
  const route = useRoute();
  const router = useRouter();
  const seq = computed(() =>
    typeof route.params['seq'] === 'string' && route.params['seq'] ? Number(route.params['seq']) : null,
  );
  const inList = computed(() => listed.value.find((event) => event.seq === seq.value) ?? null);
  const asked = useQuery({
    queryKey: computed(() => queryKeys.auditEvent(seq.value ?? 0)),
    queryFn: ({ signal }) => api.get(`/audit/events/${seq.value}`, AuditEvent, { signal }),
    enabled: computed(() => seq.value !== null && !inList.value),
    staleTime: Infinity,
  });
  const event = computed(() => (seq.value === null ? null : (inList.value ?? asked.data.value ?? null)));
  const close = (): void => void router.replace({ path: '/record', query: route.query });
  return { seq, event, error: computed(() => (event.value || seq.value === null ? null : asked.error.value)), close };
}
