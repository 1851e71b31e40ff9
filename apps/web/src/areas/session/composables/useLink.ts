import { AcceptLinkRequest, LinkState, Password, SessionState } from '@waybill/contract';
import { computed, reactive, ref, shallowRef } from 'vue';
import { useRouter } from 'vue-router';
import { api } from '../../../shared/api/api.js';
import { enterSession } from '../../../shared/session/useSession.js';

/**
 * A link that works once, to accept an invitation or to set a new password. Its secret stands in the fragment, which no
 * log holds; it is taken out of the address at once and only sent in bodies.
 */
export function useLink() {
  const router = useRouter();
  const secret = decodeURIComponent(location.hash.slice(1));
  history.replaceState(history.state, '', location.pathname);

  const link = shallowRef<LinkState | null>(null);
  const error = ref<unknown>(null);
  const refused = ref<unknown>(null);
  const busy = ref(false);
  const form = reactive({ displayName: '', password: '', again: '' });

  async function open(): Promise<void> {
    busy.value = true;
    error.value = null;
    try {
      link.value = await api.post('/links/open', LinkState, { secret });
      form.displayName = link.value.displayName;
    } catch (cause) {
      error.value = cause;
    } finally {
      busy.value = false;
    }
  }

  const tooShort = computed(() => form.password !== '' && !Password.safeParse(form.password).success);
  const differs = computed(() => form.again !== '' && form.again !== form.password);
  const ready = computed(() => form.password !== '' && form.again === form.password && !tooShort.value);

  async function accept(): Promise<void> {
    if (busy.value || !ready.value) return;
    busy.value = true;
    refused.value = null;
    try {
      const displayName = form.displayName.trim();
      const body: AcceptLinkRequest = {
        secret,
        password: form.password,
        ...(link.value?.purpose === 'invitation' && displayName ? { displayName } : {}),
      };
      enterSession(await api.post('/links/accept', SessionState, body));
      await router.replace('/');
    } catch (cause) {
      refused.value = cause;
    } finally {
      busy.value = false;
    }
  }

  void open();
  return { link, error, refused, busy, form, tooShort, differs, ready, open, accept };
}
