import { computed, ref, type Ref } from 'vue';
import type { ImageRow } from './image-rows.js';

/** The chosen rows. What has left the list is not chosen any more. */
export function useImageSelection(rows: Ref<readonly ImageRow[]>) {
  const keys = ref(new Set<string>());
  let anchor: string | null = null;

  const chosen = computed(() => rows.value.filter(({ key }) => keys.value.has(key)));
  /** The names that the chosen rows have, each once. */
  const references = computed(() => [...new Set(chosen.value.flatMap((row) => row.references))]);
  /** What the chosen images take, each counted once, and without what others share where that is known. */
  const size = computed(() => {
    const images = new Map(chosen.value.map(({ image }) => [image.id, image]));
    return [...images.values()].reduce((sum, image) => sum + image.size - (image.sharedSize ?? 0), 0);
  });

  /** Chooses or leaves a row; `through` also takes all between it and the one before. */
  function toggle(key: string, through = false): void {
    const next = new Set(keys.value);
    const order = rows.value.map((row) => row.key);
    const [from, to] = [anchor ? order.indexOf(anchor) : -1, order.indexOf(key)].sort((a, b) => a - b);
    if (through && from !== undefined && to !== undefined && from >= 0)
      order.slice(from, to + 1).forEach((one) => next.add(one));
    else if (!next.delete(key)) next.add(key);
    keys.value = next;
    anchor = key;
  }
  function clear(): void {
    keys.value = new Set();
    anchor = null;
  }
  return { chosen, references, size, isChosen: (key: string) => keys.value.has(key), toggle, clear };
}
