import { computed, shallowRef } from 'vue';
import { useEngine } from '../../../shared/engine/useEngine.js';
import { groupImages, searchGroups, sortGroups, toLines } from './image-rows.js';
import { useImageFilters } from './useImageFilters.js';
import { useImageSelection } from './useImageSelection.js';
import { useImages } from '../../../shared/images/useImages.js';
import { useStamps } from './useStamps.js';

/** All that the page of images knows: what the engine has, searched, sorted, folded and chosen. */
export function useImagesPage() {
  const { engine } = useEngine();
  const filters = useImageFilters();
  const images = useImages(engine, filters.query);
  const { stampOf } = useStamps(engine);

  const grouped = computed(() => groupImages(images.data.value ?? []));
  const groups = computed(() => sortGroups(searchGroups(grouped.value, filters.search.value), filters.sort.value));
  const rows = computed(() => groups.value.flatMap((group) => group.rows));
  const folded = shallowRef<ReadonlySet<string>>(new Set());
  const lines = computed(() => toLines(groups.value, folded.value));
  const selection = useImageSelection(rows);

  const shown = computed(() => [...new Map(rows.value.map(({ image }) => [image.id, image])).values()]);
  const largest = computed(() => shown.value.reduce((most, { size }) => Math.max(most, size), 0));
  const total = computed(() => shown.value.reduce((sum, { size }) => sum + size, 0));
  const filtered = computed(() => filters.chips.value.length > 0 || filters.search.value !== '');

  function fold(name: string): void {
    const next = new Set(folded.value);
    if (!next.delete(name)) next.add(name);
    folded.value = next;
  }

  return { filters, images, groups, rows, lines, folded, fold, selection, stampOf, shown, largest, total, filtered };
}
