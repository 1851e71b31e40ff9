import { useToast } from '@nuxt/ui/composables';
import type { Credential, Registry } from '@waybill/contract';
import { useI18n } from 'vue-i18n';
import { isProblem } from '../../../shared/api/api-problem.js';
import { useConfirm } from '../../../shared/dialogs/useConfirm.js';
import { codeKey } from '../../../shared/format/code-key.js';
import { useRegistryWrites } from '../../../shared/registries/useRegistryWrites.js';

/** Deeds of one click that need no form: each asks first where something is lost. */
export function useRegistryDeeds() {
  const { t } = useI18n();
  const confirm = useConfirm();
  const toast = useToast();
  const writes = useRegistryWrites();

  async function attempt(deed: () => Promise<unknown>): Promise<void> {
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
    }
  }

  async function remove(registry: Registry): Promise<void> {
    const sure = await confirm({
      title: t('registries.remove.title', { name: registry.name }),
      text: t('registries.remove.text', { n: registry.credentials.length }, registry.credentials.length),
      action: t('registries.remove.go'),
      danger: true,
    });
    if (sure) await attempt(() => writes.remove(registry.id));
  }

  async function removeLogin(registry: Registry, login: Credential): Promise<void> {
    const sure = await confirm({
      title: t('registries.removeLogin.title', { name: login.username, registry: registry.name }),
      text: t('registries.removeLogin.text'),
      action: t('registries.removeLogin.go'),
      danger: true,
    });
    if (sure) await attempt(() => writes.removeLogin(registry.id, login.id));
  }

  const makeDefault = (registry: Registry, login: Credential): Promise<void> =>
    attempt(() => writes.changeLogin(registry.id, login.id, { isDefault: true }));

  return { remove, removeLogin, makeDefault };
}
