import { useOverlay } from '@nuxt/ui/composables';
import { isProblem } from '../api/api-problem.js';
import PasswordDialog from './PasswordDialog.vue';

/**
 * Runs a call; where the server wants the password again it is asked for, and the call is made once more.
 * @throws ApiProblem the call's own, also `auth.confirm_required` where one does not give the password
 */
export function useReconfirm() {
  const overlay = useOverlay();
  return async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      if (!isProblem(error, 'auth.confirm_required')) throw error;
      const dialog = overlay.create(PasswordDialog, { destroyOnClose: true });
      if ((await dialog.open().result) !== true) throw error;
      return await call();
    }
  };
}
