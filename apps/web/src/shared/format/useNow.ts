import { createSharedComposable, useNow as useTicking } from '@vueuse/core';
import { computed } from 'vue';

/** Milliseconds now, ticking once a second for all who look. */
export const useNow = createSharedComposable(() => {
  const now = useTicking({ interval: 1000 });
  return computed(() => now.value.getTime());
});
