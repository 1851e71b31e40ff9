import { hubAddress, type Credential, type Registry } from '@waybill/contract';
import { computed, ref, watch, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { useReferenceText } from '../../../shared/reference/useReferenceText.js';
import { useSession } from '../../../shared/session/useSession.js';
import { defaultCredential, useRegistries } from '../../../shared/registries/useRegistries.js';

export interface Check {
  key: string;
  state: 'ok' | 'note' | 'no' | 'busy';
  text: string;
  detail?: string;
  /** Where the way out is. */
  link?: { to: string; label: string };
}

/**
 * Where a reference leads: its registry here, the login that will be used, and what stands in the way of `direction`,
 * told before anything is asked of the engine.
 */
export function useTarget(text: Ref<string>, direction: 'pull' | 'push') {
  const { t } = useI18n();
  const { may } = useSession();
  const manage = computed(() => may('registry.manage'));
  const { query, registries, registryOf } = useRegistries();
  const read = useReferenceText(text);
  const registry = computed<Registry | null>(() =>
    read.reference.value ? registryOf(read.reference.value.registry) : null,
  );
  const chosenId = ref<string>();
  watch(registry, () => (chosenId.value = undefined));

  const credential = computed<Credential | null>(() => {
    const from = registry.value;
    if (!from) return null;
    return from.credentials.find(({ id }) => id === chosenId.value) ?? defaultCredential(from);
  });
  const credentialChoices = computed(() =>
    (registry.value?.credentials ?? []).map(({ id, username, isDefault }) => ({
      value: id,
      label: isDefault ? t('images.target.default', { name: username }) : username,
    })),
  );

  const registered = computed(() => query.isPending.value || registry.value !== null);
  const loginMissing = computed(
    () => direction === 'push' && registry.value?.address === hubAddress && credential.value === null,
  );

  const checks = computed<Check[]>(() => {
    const { reference } = read;
    if (!reference.value) return [];
    const address = reference.value.registry;
    if (!registered.value) {
      const to = `/registries?dialog=add&address=${encodeURIComponent(address)}`;
      const way = manage.value ? { link: { to, label: t('images.target.addRegistry') } } : {};
      const detail = t(`images.target.${manage.value ? 'unregisteredDetail' : 'unregisteredAsk'}.${direction}`);
      return [{ key: 'registry', state: 'no', text: t('images.target.unregistered', { address }), detail, ...way }];
    }
    const lines: Check[] = [];
    const name = registry.value?.name ?? address;
    if (credential.value) {
      const words = { name: credential.value.username, registry: name };
      lines.push({
        key: 'login',
        state: 'ok',
        text: t('images.target.login', words),
        detail: t('images.target.vault'),
      });
    } else if (loginMissing.value) {
      const to = '/registries?dialog=add&kind=hub';
      const way = manage.value ? { link: { to, label: t('images.target.addLogin') } } : {};
      const detail = t('images.target.loginMissingDetail');
      lines.push({ key: 'login', state: 'no', text: t('images.target.loginMissing'), detail, ...way });
    } else {
      const detail = address === hubAddress ? t('images.target.anonymousHub') : undefined;
      const text = t('images.target.anonymous', { registry: name });
      lines.push({ key: 'login', state: 'note', text, ...(detail ? { detail } : {}) });
    }
    const last = registry.value?.lastCheck;
    if (last && !last.ok)
      lines.push({ key: 'check', state: 'note', text: t('images.target.lastCheckFailed', { registry: name }) });
    if (read.latestImplied.value) lines.push({ key: 'latest', state: 'note', text: t('images.target.latest') });
    return lines;
  });

  return {
    ...read,
    registries,
    registry,
    credential,
    chosenId,
    credentialChoices,
    checks,
    /** Whether it can be sent: a whole reference, a known registry, a login where one is needed. */
    ready: computed(() => read.reference.value !== null && registered.value && !loginMissing.value),
  };
}
