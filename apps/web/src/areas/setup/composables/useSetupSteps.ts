import { SetupState } from '@waybill/contract';
import { computed, ref } from 'vue';
import { useRouter } from 'vue-router';
import { api } from '../../../shared/api/api.js';
import { loadSession } from '../../../shared/session/useSession.js';

export type SetupStepName = 'account' | 'engine' | 'registry';
const order: readonly SetupStepName[] = ['account', 'engine', 'registry'];

/** Which of the three steps is open. Who comes back as an admin goes on; everybody else has nothing to do here. */
export function useSetupSteps() {
  const router = useRouter();
  const step = ref<SetupStepName>('account');
  const loading = ref(true);
  const error = ref<unknown>(null);

  async function begin(): Promise<void> {
    loading.value = true;
    error.value = null;
    try {
      const { required } = await api.get('/setup', SetupState);
      if (!required) {
        const session = await loadSession().catch(() => null);
        if (!session?.permissions.includes('registry.manage')) {
          await router.replace('/');
          return;
        }
        step.value = 'engine';
      }
    } catch (cause) {
      error.value = cause;
    }
    loading.value = false;
  }

  const at = computed(() => order.indexOf(step.value));
  function stateOf(name: SetupStepName): 'done' | 'open' | 'later' {
    const index = order.indexOf(name);
    return index < at.value ? 'done' : index === at.value ? 'open' : 'later';
  }
  const finish = (pull: boolean): void => void router.replace(pull ? '/images?dialog=pull' : '/');

  return { step, loading, error, begin, stateOf, finish };
}
