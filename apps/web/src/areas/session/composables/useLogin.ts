import { LoginRequest, SessionState } from '@waybill/contract';
import { useIntervalFn } from '@vueuse/core';
import { computed, reactive, ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { isProblem } from '../../../shared/api/api-problem.js';
import { api } from '../../../shared/api/api.js';
import { enterSession } from '../../../shared/session/useSession.js';
import { safeTarget } from './safe-target.js';

/** Logs in and leads on to where one wanted to go; counts down while the server takes no more tries. */
export function useLogin() {
  const route = useRoute();
  const router = useRouter();
  const form = reactive({ username: '', password: '' });
  const busy = ref(false);
  const error = ref<unknown>(null);
  const waitSeconds = ref(0);

  const { pause, resume } = useIntervalFn(
    () => {
      waitSeconds.value = Math.max(0, waitSeconds.value - 1);
      if (waitSeconds.value === 0) pause();
    },
    1000,
    { immediate: false },
  );

  const wrong = computed(() => isProblem(error.value, 'auth.invalid_credentials'));
  const throttled = computed(() => isProblem(error.value, 'auth.throttled') && waitSeconds.value > 0);

  async function submit(): Promise<void> {
    if (busy.value || throttled.value) return;
    busy.value = true;
    try {
      const body: LoginRequest = { username: form.username.trim(), password: form.password };
      enterSession(await api.post('/session', SessionState, body));
      await router.replace(safeTarget(route.query['to']));
    } catch (cause) {
      error.value = cause;
      form.password = '';
      if (isProblem(cause, 'auth.throttled')) {
        waitSeconds.value = cause.retryAfter ?? 30;
        resume();
      }
    } finally {
      busy.value = false;
    }
  }
  return { form, busy, error, wrong, throttled, waitSeconds, submit };
}
