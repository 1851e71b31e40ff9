import { useOverlay } from '@nuxt/ui/composables';
import ConfirmDialog from './ConfirmDialog.vue';

export interface ConfirmQuestion {
  title: string;
  /** What will happen. */
  text: string;
  /** The word on the button that does it. */
  action: string;
  /** The word on the button that leaves things as they are. */
  stay?: string;
  danger?: boolean;
  /** The docker commands that it equals. */
  commands?: readonly string[];
}

/** `if (await confirm({…}))`: false where one says no, presses Escape or clicks beside it. */
export function useConfirm() {
  const overlay = useOverlay();
  return async (question: ConfirmQuestion): Promise<boolean> => {
    const dialog = overlay.create(ConfirmDialog, { destroyOnClose: true });
    return (await dialog.open(question).result) === true;
  };
}
