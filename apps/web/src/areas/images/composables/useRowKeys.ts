import { nextTick, type Ref } from 'vue';
import type { ImageLine, ImageRow } from './image-rows.js';

interface Options {
  list: Ref<HTMLElement | null>;
  lines: Ref<readonly ImageLine[]>;
  scrollTo: (index: number) => void;
  onToggle: (row: ImageRow, through: boolean) => void;
  onPush: (row: ImageRow) => void;
  onTag: (row: ImageRow) => void;
  onRemove: (row: ImageRow) => void;
}

/** Moves through the list by keyboard: arrows (or j, k), Home, End; x chooses, p pushes, t tags, Delete removes; Enter opens by itself. */
export function useRowKeys({ list, lines, scrollTo, onToggle, onPush, onTag, onRemove }: Options) {
  const focusable = '[data-line] [data-focus]';

  async function focusLine(index: number): Promise<void> {
    scrollTo(index);
    await nextTick();
    requestAnimationFrame(() => list.value?.querySelector<HTMLElement>(`[data-line="${index}"] [data-focus]`)?.focus());
  }

  return function onKeydown(event: KeyboardEvent): void {
    const at =
      event.target instanceof Element
        ? event.target.closest<HTMLElement>(focusable)?.closest<HTMLElement>('[data-line]')
        : null;
    if (!at || event.ctrlKey || event.metaKey || event.altKey) return;
    const index = Number(at.dataset['line']);
    const last = lines.value.length - 1;
    const line = lines.value[index];
    const moves: Record<string, number> = {
      ArrowDown: index + 1,
      j: index + 1,
      ArrowUp: index - 1,
      k: index - 1,
      Home: 0,
      End: last,
    };
    const to = moves[event.key];
    if (to !== undefined) {
      event.preventDefault();
      void focusLine(Math.min(last, Math.max(0, to)));
      return;
    }
    if (line?.kind !== 'row') return;
    if (event.key === 'x' || event.key === 'X') onToggle(line.row, event.shiftKey);
    else if (event.key === 'p') onPush(line.row);
    else if (event.key === 't') onTag(line.row);
    else if (event.key === 'Delete') onRemove(line.row);
    else return;
    event.preventDefault();
  };
}
