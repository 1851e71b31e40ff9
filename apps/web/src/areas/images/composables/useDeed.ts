import { useToast } from '@nuxt/ui/composables';
import { OperationAnswer, type Operation } from '@waybill/contract';
import { useLocalStorage } from '@vueuse/core';
import { ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { useRouter } from 'vue-router';
import { api, newKey } from '../../../shared/api/api.js';

/** Whether to go to an operation's own page when it has begun. Kept for each browser. */
const showProgress = useLocalStorage('waybill.showProgress', true);

/**
 * Sends a pull or a push and follows it: to its page, or with a word in the corner. The key makes a second try after a
 * broken line the same deed; it is made anew when what is sent changes.
 */
export function useDeed() {
  const { t } = useI18n();
  const router = useRouter();
  const toast = useToast();
  const busy = ref(false);
  const error = ref<unknown>(null);
  let sent = { text: '', key: '' };

  async function begin(path: string, body: object): Promise<Operation> {
    const text = path + JSON.stringify(body);
    if (sent.text !== text) sent = { text, key: newKey() };
    return (await api.post(path, OperationAnswer, body, { idempotencyKey: sent.key })).operation;
  }

  /** Runs a deed; false where it was refused, with `error` saying why. */
  async function run(deed: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    error.value = null;
    try {
      await deed();
      sent = { text: '', key: '' };
      return true;
    } catch (cause) {
      error.value = cause;
      return false;
    } finally {
      busy.value = false;
    }
  }

  /** Shows what has begun; true where that leads to another page. */
  function follow(operations: readonly Operation[]): boolean {
    const [first] = operations;
    if (!first) return false;
    const to = operations.length > 1 ? '/operations' : `/operations/${first.id}`;
    if (showProgress.value) {
      void router.push(to);
      return true;
    }
    toast.add({
      title: t(
        `images.begun.${first.kind === 'image.pull' ? 'pull' : 'push'}`,
        { n: operations.length },
        operations.length,
      ),
      description: operations.length > 1 ? undefined : first.reference,
      icon: first.kind === 'image.pull' ? 'i-lucide-arrow-down-to-line' : 'i-lucide-arrow-up-from-line',
      actions: [
        { label: t('images.begun.open'), color: 'neutral', variant: 'outline', onClick: () => void router.push(to) },
      ],
    });
    return false;
  }

  /** A tag is there at once: a word in the corner is all that is to see. */
  function sayTagged(name: string): void {
    toast.add({ title: t('images.begun.tagged'), description: name, icon: 'i-lucide-tag', color: 'success' });
  }

  return { busy, error, showProgress, begin, run, follow, sayTagged };
}
