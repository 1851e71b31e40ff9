import { SetupState } from '@waybill/contract';
import type { NavigationGuardReturn, RouteLocationNormalized } from 'vue-router';
import { isProblem } from '../api/api-problem.js';
import { api } from '../api/api.js';
import { loadSession } from './useSession.js';

export const loginPath = '/login';
const setupPath = '/welcome';

/** Whether nobody exists yet who could log in. */
async function setupIsRequired(): Promise<boolean> {
  const { required } = await api.get('/setup', SetupState).catch(() => ({ required: false }));
  return required;
}

/** Lets in who has a session; sends the others to log in (and back), or to the set-up where nobody exists yet. */
export async function guardSession(
  to: Pick<RouteLocationNormalized, 'path' | 'fullPath' | 'meta'>,
): Promise<NavigationGuardReturn> {
  // Where this guard itself leads to is let in by its path, or it would lead there for ever once its route were gone.
  if (to.path === setupPath) return true;
  if (to.path === loginPath) return (await setupIsRequired()) ? { path: setupPath } : true;
  if (to.meta.open) return true;
  try {
    await loadSession();
    return true;
  } catch (error) {
    // Whoever can't be asked who is there shows the page's own trouble, not a login that can't work either.
    if (!isProblem(error) || error.status !== 401) return true;
  }
  if (await setupIsRequired()) return { path: setupPath };
  return { path: loginPath, query: to.fullPath === '/' ? {} : { to: to.fullPath } };
}
