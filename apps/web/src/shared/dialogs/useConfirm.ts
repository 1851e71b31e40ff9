import { useOverlay } from '@nuxt/ui/composables';
import ConfirmDialog from './ConfirmDialog.vue';
import type { ConfirmQuestion } from './confirm-question.js';

/** `if (await confirm({…}))`: false where one says no, presses Escape or clicks beside it. */
export function useConfirm() {
  const overlay = useOverlay();
  return async (question: ConfirmQuestion): Promise<boolean> => {
    const dialog = overlay.create(ConfirmDialog, { destroyOnClose: true });
    return (await dialog.open(question).result) === true;
  };
}
