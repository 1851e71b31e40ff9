import { useTitle } from '@vueuse/core';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';

/** The window's title: the last step of the trail first. */
export function useHead(trail: MaybeRefOrGetter<readonly string[]>): void {
  useTitle(computed(() => [...toValue(trail)].reverse().concat('Waybill').join(' · ')));
}
