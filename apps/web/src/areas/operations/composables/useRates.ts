import type { Operation } from '@waybill/contract';
import { useIntervalFn } from '@vueuse/core';
import { shallowRef, watch, type Ref } from 'vue';

const everyMs = 1000;
const kept = 120;

/** The rate as it was seen here, a reading a second, the last two minutes. It is nobody's record: a reload begins anew. */
export function useRates(operation: Ref<Operation | null>): Ref<readonly number[]> {
  const rates = shallowRef<readonly number[]>([]);
  useIntervalFn(() => {
    const rate = operation.value?.progress.bytesPerSecond ?? null;
    if (operation.value?.state !== 'running' || rate === null) return;
    rates.value = [...rates.value, rate].slice(-kept);
  }, everyMs);
  watch(
    () => operation.value?.id,
    () => (rates.value = []),
  );
  return rates;
}
