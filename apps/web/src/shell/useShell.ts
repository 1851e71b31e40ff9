import { computed, onScopeDispose, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { whenUnauthorized } from '../shared/api/api.js';
import { queryClient } from '../shared/api/query-client.js';
import { useNow } from '../shared/format/useNow.js';
import { useBoard } from '../shared/live/useBoard.js';
import { useLive } from '../shared/live/useLive.js';
import { useTray } from './useTray.js';
import { loginPath } from '../shared/session/guard-session.js';
import { leaveSession, useSession } from '../shared/session/useSession.js';

/** A blink of the line is nobody's concern; what is older than `pale` must not look fresh. */
const noticeMs = 2000;
const paleMs = 6000;

/** Lives as long as a session is on the page: opens the live line, and leads to the login when the session is over. */
export function useShell() {
  const board = useBoard();
  const live = useLive();
  const tray = useTray();
  const router = useRouter();
  const route = useRoute();
  const now = useNow();

  board.open();
  tray.follow();
  let leaving = false;

  async function depart(to: string | null): Promise<void> {
    if (leaving) return;
    leaving = true;
    board.close();
    live.close();
    tray.clear();
    await router.push({ path: loginPath, query: to && to !== '/' ? { to } : {} });
    queryClient.clear();
  }

  async function logOut(): Promise<void> {
    await leaveSession().catch(() => undefined);
    await depart(null);
  }

  whenUnauthorized(() => void depart(route.fullPath));
  onScopeDispose(() => {
    whenUnauthorized(() => undefined);
    board.close();
    live.close();
  });

  const { session, may } = useSession();
  const missing = computed(() => {
    const { permission } = route.meta;
    return session.value && permission && !may(permission) ? permission : null;
  });
  const lostFor = computed(() => (live.lostSince ? now.value - Date.parse(live.lostSince) : 0));
  const lost = computed(() => (lostFor.value > noticeMs ? live.lostSince : null));
  const pale = computed(() => lostFor.value > paleMs);

  // A page that was opened leads to its top for those who do not see it.
  watch(
    () => route.path,
    () => document.querySelector<HTMLElement>('#main')?.focus({ preventScroll: true }),
    { flush: 'post' },
  );
  return { lost, pale, missing, logOut };
}
