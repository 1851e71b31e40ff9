import { type ChangePasswordRequest, type ChangeProfileRequest } from '@waybill/contract';
import { useToast } from '@nuxt/ui/composables';
import { computed, reactive, ref, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import { isProblem } from '../../../shared/api/api-problem.js';
import { api } from '../../../shared/api/api.js';
import { isGoodPassword } from '../../../shared/session/password-rules.js';
import { reloadSession, useSession } from '../../../shared/session/useSession.js';
import { useAttempt } from './useAttempt.js';

/** My own name and password. */
export function useProfile() {
  const { t } = useI18n();
  const toast = useToast();
  const { user } = useSession();
  const naming = useAttempt();
  const securing = useAttempt();
  const displayName = ref('');
  watch(user, (now) => (displayName.value = now?.displayName ?? ''), { immediate: true });
  const passwords = reactive({ current: '', next: '', again: '' });

  const named = computed(() => displayName.value.trim() !== '' && displayName.value.trim() !== user.value?.displayName);
  const same = computed(() => passwords.next === passwords.again);
  const securable = computed(
    () => passwords.current !== '' && isGoodPassword(passwords.next, user.value?.username ?? '') && same.value,
  );
  const currentWrong = computed(() => isProblem(securing.error.value, 'auth.invalid_credentials'));
  const said = (title: string): void => void toast.add({ title, icon: 'i-lucide-check', color: 'success' });

  async function saveName(): Promise<void> {
    const body: ChangeProfileRequest = { displayName: displayName.value.trim() };
    const done = await naming.attempt(async () => {
      await api.patch('/session/profile', null, body);
      await reloadSession();
    });
    if (done) said(t('settings.profile.saved'));
  }
  async function savePassword(): Promise<void> {
    const body: ChangePasswordRequest = { current: passwords.current, next: passwords.next };
    const done = await securing.attempt(() => api.post('/session/password', null, body));
    if (!done) return;
    Object.assign(passwords, { current: '', next: '', again: '' });
    said(t('settings.password.saved'));
  }

  return {
    user,
    displayName,
    named,
    naming,
    saveName,
    passwords,
    same,
    securable,
    currentWrong,
    securing,
    savePassword,
  };
}
