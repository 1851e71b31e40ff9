import { defineStore } from 'pinia';
import { ref } from 'vue';
import { isProblem } from '../api/api-problem.js';
import { reloadSession } from '../session/useSession.js';
import { makeSocket, type LiveSocket } from './live-socket.js';

const retryMs = 3000;

/** The live line: one socket for the whole page. Rooms hang on it (`useBoard`, `useOperation`). */
export const useLive = defineStore('live', () => {
  const connected = ref(false);
  /** Since when nothing comes in any more (ISO 8601); null while the line is up, and before its first try has failed. */
  const lostSince = ref<string | null>(null);
  const joiners = new Set<() => void>();
  let socket: LiveSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function lose(): void {
    connected.value = false;
    lostSince.value ??= new Date().toISOString();
  }

  /** The server cut the line or refused it: whether the session still holds decides what follows. */
  function comeBack(): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      reloadSession().then(
        () => socket?.connect(),
        (error: unknown) => {
          // A session that is over has been handled by the API client, which leads to the login.
          if (!isProblem(error) || error.status !== 401) comeBack();
        },
      );
    }, retryMs);
  }

  function wire(live: LiveSocket): void {
    live.on('connect', () => {
      connected.value = true;
      lostSince.value = null;
      joiners.forEach((join) => join());
      // Rights that changed after the page asked for them and before the line was up were told to nobody.
      void reloadSession().catch(() => undefined);
    });
    live.on('disconnect', (reason) => {
      lose();
      if (reason === 'io server disconnect') comeBack();
    });
    live.on('connect_error', () => {
      lose();
      // An active socket tries again by itself; one that was refused at the handshake does not.
      if (!live.active) comeBack();
    });
    live.on('ended', (reason) => {
      if (reason !== 'server_stopping') void reloadSession().catch(() => undefined);
    });
  }

  /** The socket, connected on first use. */
  function line(): LiveSocket {
    if (!socket) {
      socket = makeSocket();
      wire(socket);
      socket.connect();
    }
    return socket;
  }

  /** Calls `join` now if the line is up, and on every new connection, until the answer of this is called. */
  function hold(join: () => void): () => void {
    joiners.add(join);
    if (line().connected) join();
    return () => joiners.delete(join);
  }

  /** At the end of a session: nothing is heard any more. */
  function close(): void {
    clearTimeout(timer);
    joiners.clear();
    socket?.removeAllListeners();
    socket?.disconnect();
    socket = null;
    connected.value = false;
    lostSince.value = null;
  }

  return { connected, lostSince, line, hold, close };
});
