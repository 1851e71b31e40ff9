import { useQuery } from '@tanstack/vue-query';
import { AuditHistogram } from '@waybill/contract';
import { computed } from 'vue';
import { api, type Query } from '../../../shared/api/api.js';
import { queryKeys } from '../../../shared/api/query-keys.js';

const everyMs = 60_000;
const hourMs = 3_600_000;

function midnight(): Date {
  const day = new Date();
  day.setHours(0, 0, 0, 0);
  return day;
}

/** The filters behind each figure; the same lead to its events in the record. */
export const todayFilters = {
  pushes: { action: 'image.push', phase: 'outcome', outcome: 'succeeded' },
  pulls: { action: 'image.pull', phase: 'outcome', outcome: 'succeeded' },
  failed: { phase: 'outcome', outcome: ['failed', 'interrupted'] },
  denied: { phase: 'outcome', outcome: 'denied' },
} satisfies Record<string, Query>;
export type TodayCount = keyof typeof todayFilters;

/** What the record holds of today, hour by hour, and its four figures. It is read once a minute, not with each event. */
export function useToday() {
  const { data } = useQuery({
    queryKey: queryKeys.today,
    queryFn: async () => {
      const from = midnight();
      const range = { from: from.toISOString(), to: new Date(from.getTime() + 24 * hourMs).toISOString() };
      const histogram = (query: Query, buckets: number) =>
        api.get('/audit/histogram', AuditHistogram, { query: { ...range, ...query, buckets } });
      const names = Object.keys(todayFilters) as TodayCount[];
      const [hours, ...totals] = await Promise.all([
        histogram({ phase: 'outcome' }, 24),
        ...names.map((name) => histogram(todayFilters[name], 1)),
      ]);
      return { hours: hours.buckets, counts: names.map((name, index) => ({ name, n: totals[index]?.total ?? 0 })) };
    },
    refetchInterval: everyMs,
    staleTime: everyMs,
  });
  const top = computed(() => Math.max(1, ...(data.value?.hours ?? []).map(({ total }) => total)));
  return { today: data, top };
}
