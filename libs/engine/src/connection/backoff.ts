const firstMs = 500;
const lastMs = 30_000;

/** The pause before the next try, from 0.5 s doubling to 30 s. @param failures tries that failed in a row, from 1 */
export function backoffMs(failures: number): number {
  return Math.min(lastMs, firstMs * 2 ** Math.max(0, Math.min(failures - 1, 16)));
}

/** Resolves after `ms`, or at once when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
