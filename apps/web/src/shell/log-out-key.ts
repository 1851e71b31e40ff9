import type { InjectionKey } from 'vue';

/** How the bar and the search end the session: the shell does it, because the live line hangs on it. */
export const logOutKey: InjectionKey<() => Promise<void>> = Symbol('log out');
