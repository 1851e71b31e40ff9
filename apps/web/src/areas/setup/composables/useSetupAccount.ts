import { SessionState, SetupRequest, Username } from '@waybill/contract';
import { computed, reactive, ref, shallowRef } from 'vue';
import { isProblem } from '../../../shared/api/api-problem.js';
import { api } from '../../../shared/api/api.js';
import { isGoodPassword } from '../../../shared/session/password-rules.js';
import { enterSession } from '../../../shared/session/useSession.js';

/** The first step: the code that the server printed makes the first admin, who is logged in by it. */
export function useSetupAccount(onDone: () => void) {
  const form = reactive({ setupCode: '', username: '', displayName: '', password: '' });
  const busy = ref(false);
  const error = shallowRef<unknown>(null);

  const username = computed(() => form.username.trim());
  const usernameOk = computed(() => Username.safeParse(username.value).success);
  const ready = computed(
    () => form.setupCode.trim() !== '' && usernameOk.value && isGoodPassword(form.password, username.value),
  );
  const codeWrong = computed(() => isProblem(error.value, 'setup.code_invalid'));

  async function submit(): Promise<void> {
    if (!ready.value || busy.value) return;
    busy.value = true;
    error.value = null;
    const displayName = form.displayName.trim();
    const body: SetupRequest = {
      setupCode: form.setupCode.trim(),
      username: username.value,
      password: form.password,
      ...(displayName ? { displayName } : {}),
    };
    try {
      enterSession(await api.post('/setup', SessionState, body));
      form.password = '';
      onDone();
    } catch (cause) {
      error.value = cause;
    } finally {
      busy.value = false;
    }
  }
  return { form, busy, error, usernameOk, ready, codeWrong, submit };
}
