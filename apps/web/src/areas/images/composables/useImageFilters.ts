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

/** Filters, search and order live in the address, so that a view can be kept and sent. */
export function useImageFilters() {
  const route = useRoute();
  const router = useRouter();

  const chips = computed<ImageFilterChip[]>(() =>
    imageFilterNames.flatMap((name) => texts(route.query[name]).map((value) => ({ name, value }))),
  );
  /** As the API takes them. */
  const query = computed(() =>
    Object.fromEntries(
      imageFilterNames.flatMap((name) => {
        const values = texts(route.query[name]);
        if (!values.length) return [];
        return [[name, repeatable.includes(name) ? values : (values[0] ?? '')] as const];
      }),
    ),
  );

  function change(part: LocationQueryRaw): void {
    void router.replace({ query: { ...route.query, ...part } });
  }

  const search = computed({
    get: () => texts(route.query['q'])[0] ?? '',
    set: (value: string) => change({ q: value || undefined }),
  });
  const sort = computed({
    get: (): ImageSort => imageSorts.find((one) => one === route.query['sort']) ?? 'name',
    set: (value: ImageSort) => change({ sort: value === 'name' ? undefined : value }),
  });

  function add({ name, value }: ImageFilterChip): void {
    const before = repeatable.includes(name) ? texts(route.query[name]).filter((one) => one !== value) : [];
    change({ [name]: [...before, value] });
  }
  function remove({ name, value }: ImageFilterChip): void {
    change({ [name]: texts(route.query[name]).filter((one) => one !== value) });
  }
  function clear(): void {
    change({ q: undefined, ...Object.fromEntries(imageFilterNames.map((name) => [name, undefined])) });
  }

  return { chips, query, search, sort, add, remove, clear };
}
