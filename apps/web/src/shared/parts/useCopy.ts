import { useTimeoutFn } from '@vueuse/core';
import { ref } from 'vue';

/** Plain http has no clipboard API: a text field that is selected and copied does the same. */
function copyBySelection(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.style.position = 'fixed';
  field.style.opacity = '0';
  // Inside an open dialog the focus trap would take the focus back from a field outside of it.
  (document.activeElement?.closest('[role=dialog]') ?? document.body).append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  return done;
}

/** Copies, and says for two seconds that it did. */
export function useCopy() {
  const copied = ref(false);
  const { start } = useTimeoutFn(() => (copied.value = false), 2000, { immediate: false });
  async function copy(text: string): Promise<void> {
    const written = navigator.clipboard
      ? await navigator.clipboard.writeText(text).then(
          () => true,
          () => copyBySelection(text),
        )
      : copyBySelection(text);
    copied.value = written;
    if (written) start();
  }
  return { copied, copy };
}
