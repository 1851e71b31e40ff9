import { useToast } from '@nuxt/ui/composables';
import type { PersonalLink, User } from '@waybill/contract';
import { ref, shallowRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { isProblem } from '../../../shared/api/api-problem.js';
import { useConfirm } from '../../../shared/dialogs/useConfirm.js';
import { codeKey } from '../../../shared/format/code-key.js';
import type { useUsers } from './useUsers.js';

/** Deeds on one person, with a question before each that takes something away; a link that comes of it is shown once. */
export function usePeopleDeeds({ update, reset }: Pick<ReturnType<typeof useUsers>, 'update' | 'reset'>) {
  const { t } = useI18n();
  const toast = useToast();
  const confirm = useConfirm();
  const link = shallowRef<{ user: User; link: PersonalLink; purpose: 'invitation' | 'reset' } | null>(null);
  const busyId = ref<string | null>(null);

  async function attempt(user: User, deed: () => Promise<unknown>): Promise<void> {
    busyId.value = user.id;
    try {
      await deed();
    } catch (error) {
      if (isProblem(error, 'auth.confirm_required')) return;
      const key = isProblem(error) && error.code ? codeKey(error.code) : 'unknown';
      toast.add({
        title: t(`error.${key}.title`),
        description: t(`error.${key}.advice`),
        color: 'error',
        icon: 'i-lucide-circle-x',
        duration: 0,
      });
    } finally {
      busyId.value = null;
    }
  }

  async function disable(user: User): Promise<void> {
    const sure = await confirm({
      title: t('settings.people.disable.title', { name: user.displayName }),
      text: t(`settings.people.disable.text.${user.kind}`),
      action: t('settings.people.disable.go'),
      danger: true,
    });
    if (sure) await attempt(user, () => update(user.id, { disabled: true }));
  }
  const enable = (user: User): Promise<void> => attempt(user, () => update(user.id, { disabled: false }));

  async function makeLink(user: User): Promise<void> {
    const purpose = user.invited ? 'invitation' : 'reset';
    const sure = await confirm({
      title: t(`settings.people.link.ask.${purpose}`, { name: user.displayName }),
      text: t(`settings.people.link.text.${purpose}`),
      action: t('settings.people.link.go'),
    });
    if (sure) await attempt(user, async () => (link.value = { user, link: await reset(user.id), purpose }));
  }
  return { link, busyId, disable, enable, makeLink };
}
