import { computed, ref, type Ref } from 'vue';

interface Options {
  surface: Ref<HTMLElement | null>;
  count: Ref<number>;
  /** The chosen part in buckets, the end excluded; null for none. */
  chosen: Ref<readonly [number, number] | null>;
  onChoose: (range: readonly [number, number] | null) => void;
}

/** Draws a range of buckets with the pointer, or moves and widens it with the arrow keys (with Shift: its end). Escape ends it. */
export function useDrawnRange({ surface, count, chosen, onChoose }: Options) {
  const start = ref<number | null>(null);
  const end = ref<number | null>(null);
  const drawn = computed<readonly [number, number] | null>(() => {
    if (start.value === null || end.value === null) return chosen.value;
    return [Math.min(start.value, end.value), Math.max(start.value, end.value) + 1];
  });

  function bucketAt(event: PointerEvent): number {
    const box = surface.value?.getBoundingClientRect();
    if (!box?.width) return 0;
    const share = (event.clientX - box.left) / box.width;
    return Math.min(count.value - 1, Math.max(0, Math.floor(share * count.value)));
  }
  function onPointerdown(event: PointerEvent): void {
    if (event.button !== 0) return;
    surface.value?.setPointerCapture(event.pointerId);
    start.value = end.value = bucketAt(event);
  }
  function onPointermove(event: PointerEvent): void {
    if (start.value !== null) end.value = bucketAt(event);
  }
  function onPointerup(): void {
    if (start.value !== null) onChoose(drawn.value);
    start.value = end.value = null;
  }
  function onKeydown(event: KeyboardEvent): void {
    if (event.key === 'Escape' && chosen.value) {
      onChoose(null);
      return;
    }
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const [from, to] = chosen.value ?? [count.value - 2, count.value - 1];
    const left = event.shiftKey ? from : Math.min(count.value - 1, Math.max(0, from + step));
    const right = Math.min(count.value, Math.max(left + 1, to + step));
    onChoose([left, right]);
  }

  return { drawn, onPointerdown, onPointermove, onPointerup, onKeydown };
}
