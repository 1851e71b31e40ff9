import { SetupState } from '@waybill/contract';
import type { NavigationGuardReturn, RouteLocationNormalized } from 'vue-router';
import { isProblem } from '../api/api-problem.js';
import { api } from '../api/api.js';
import { loadSession } from './useSession.js';

export const loginPath = '/login';
const setupPath = '/welcome';

/** Lets in who has a session; sends the others to log in (and back), or to the set-up where nobody exists yet. */
export async function guardSession(to: RouteLocationNormalized): Promise<NavigationGuardReturn> {
  if (to.meta.open) return true;
  try {
    await loadSession();
    return true;
  } catch (error) {
    // Whoever can't be asked who is there shows the page's own trouble, not a login that can't work either.
    if (!isProblem(error) || error.status !== 401) return true;
  }
  const setup = await api.get('/setup', SetupState).catch(() => ({ required: false }));
  if (setup.required) return { path: setupPath };
  return { path: loginPath, query: to.fullPath === '/' ? {} : { to: to.fullPath } };
}
