import { useVirtualizer } from '@tanstack/vue-virtual';
import { useResizeObserver } from '@vueuse/core';
import { computed, onMounted, ref, shallowRef, type ComponentPublicInstance, type Ref } from 'vue';

interface Options<Line> {
  lines: Ref<readonly Line[]>;
  keyOf: (line: Line) => string;
  /** First guess of a line's height in pixels; the real one is measured. */
  estimate: (line: Line) => number;
}

/** Draws only the lines that are near the window of the page's own scrolling body, however many there are. */
export function useVirtualLines<Line>({ lines, keyOf, estimate }: Options<Line>) {
  const list = ref<HTMLElement | null>(null);
  const scroller = shallowRef<HTMLElement | null>(null);
  const margin = ref(0);

  function measure(): void {
    if (!list.value || !scroller.value) return;
    const top = list.value.getBoundingClientRect().top - scroller.value.getBoundingClientRect().top;
    margin.value = Math.round(top + scroller.value.scrollTop);
  }
  onMounted(() => {
    scroller.value = list.value?.closest<HTMLElement>('[data-slot="body"]') ?? null;
    measure();
  });
  useResizeObserver(scroller, measure);
  useResizeObserver(
    computed(() => list.value?.previousElementSibling as HTMLElement | null),
    measure,
  );

  const virtualizer = useVirtualizer(
    computed(() => ({
      count: lines.value.length,
      getScrollElement: () => scroller.value,
      estimateSize: (index: number) => {
        const line = lines.value[index];
        return line === undefined ? 0 : estimate(line);
      },
      getItemKey: (index: number) => {
        const line = lines.value[index];
        return line === undefined ? index : keyOf(line);
      },
      scrollMargin: margin.value,
      overscan: 12,
    })),
  );

  const drawn = computed(() =>
    virtualizer.value.getVirtualItems().flatMap(({ index, start }) => {
      const line = lines.value[index];
      return line === undefined ? [] : [{ index, line, key: keyOf(line), offset: start - margin.value }];
    }),
  );
  const height = computed(() => virtualizer.value.getTotalSize());
  const measured = (element: Element | ComponentPublicInstance | null): void => {
    if (element instanceof Element) virtualizer.value.measureElement(element);
  };
  const scrollTo = (index: number): void => virtualizer.value.scrollToIndex(index, { align: 'auto' });

  return { list, drawn, height, measured, scrollTo };
}
