import type { User } from '@waybill/contract';
import { computed, ref, watch, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { useRoute, useRouter } from 'vue-router';
import { findPeople } from './people-search.js';

const step = 100;

/** The search lives in the address (`?q=`); long lists are shown a hundred at a time. */
export function usePeopleSearch(users: Ref<readonly User[]>) {
  const { t } = useI18n();
  const route = useRoute();
  const router = useRouter();
  // A copy of its own, because the address follows later than one types.
  const search = ref(typeof route.query['q'] === 'string' ? route.query['q'] : '');
  const most = ref(step);
  watch(search, (q) => {
    most.value = step;
    void router.replace({ query: { ...route.query, q: q || undefined } });
  });

  const found = computed(() => findPeople(users.value, search.value, (role) => t(`role.${role}`)));
  const shown = computed(() => found.value.slice(0, most.value));
  const rest = computed(() => found.value.length - shown.value.length);
  const showMore = (): void => void (most.value += step);
  return { search, found, shown, rest, showMore };
}
