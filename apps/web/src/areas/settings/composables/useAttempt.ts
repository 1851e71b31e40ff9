import { ref, shallowRef } from 'vue';

/** Runs one deed at a time, and keeps what went wrong for whoever shows it. */
export function useAttempt() {
  const busy = ref(false);
  const error = shallowRef<unknown>(null);

  /** False where it failed, or where another one still runs. */
  async function attempt(deed: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    error.value = null;
    try {
      await deed();
      return true;
    } catch (cause) {
      error.value = cause;
      return false;
    } finally {
      busy.value = false;
    }
  }
  return { busy, error, attempt };
}
