import { computed } from 'vue';
import { useRoute, useRouter, type LocationQueryRaw } from 'vue-router';
import { imageSorts, type ImageSort } from './image-rows.js';

/** The filters of `docker images`, by docker's names. */
export const imageFilterNames = ['reference', 'label', 'dangling', 'before', 'since', 'all'] as const;
export type ImageFilterName = (typeof imageFilterNames)[number];
export interface ImageFilterChip {
  name: ImageFilterName;
  value: string;
}

/** Filters that may stand more than once. */
const repeatable: readonly ImageFilterName[] = ['reference', 'label'];

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string' && one !== '');
}

function readChip(text: string): ImageFilterChip[] {
  const cut = text.indexOf('=');
  const name = imageFilterNames.find((one) => one === text.slice(0, cut));
  const value = text.slice(cut + 1);
  return name && value ? [{ name, value }] : [];
}

/** Filters (`?filter=label=team`, as docker takes them), search and order live in the address: a view can be kept and sent. */
export function useImageFilters() {
  const route = useRoute();
  const router = useRouter();

  const chips = computed<ImageFilterChip[]>(() => texts(route.query['filter']).flatMap(readChip));
  /** As the API takes them. */
  const query = computed(() => {
    const byName: Partial<Record<ImageFilterName, string | string[]>> = {};
    for (const { name, value } of chips.value) {
      const before = byName[name];
      byName[name] = repeatable.includes(name) ? [...(Array.isArray(before) ? before : []), value] : value;
    }
    return byName;
  });

  function change(part: LocationQueryRaw): void {
    void router.replace({ query: { ...route.query, ...part } });
  }
  function put(next: readonly ImageFilterChip[]): void {
    change({ filter: next.map(({ name, value }) => `${name}=${value}`) });
  }

  const search = computed({
    get: () => texts(route.query['q'])[0] ?? '',
    set: (value: string) => change({ q: value || undefined }),
  });
  const sort = computed({
    get: (): ImageSort => imageSorts.find((one) => one === route.query['sort']) ?? 'name',
    set: (value: ImageSort) => change({ sort: value === 'name' ? undefined : value }),
  });

  function add(chip: ImageFilterChip): void {
    const kept = chips.value.filter(
      ({ name, value }) => name !== chip.name || (repeatable.includes(name) && value !== chip.value),
    );
    put([...kept, chip]);
  }
  function remove(chip: ImageFilterChip): void {
    put(chips.value.filter(({ name, value }) => name !== chip.name || value !== chip.value));
  }
  function clear(): void {
    change({ q: undefined, filter: undefined });
  }

  return { chips, query, search, sort, add, remove, clear };
}
