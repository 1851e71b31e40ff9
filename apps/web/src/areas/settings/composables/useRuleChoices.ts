import { Role } from '@waybill/contract';
import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { useUsers } from './useUsers.js';

/** Whom a rule can be about, as choices, and what is known of the accounts among them. */
export function useRuleChoices() {
  const { t } = useI18n();
  const { users } = useUsers();
  const userOf = (id: string) => users.value.find((one) => one.id === id) ?? null;
  const accounts = computed(() =>
    users.value.map(({ id, displayName, kind }) => ({
      value: id,
      label: displayName,
      icon: kind === 'service' ? 'i-lucide-bot' : 'i-lucide-user',
    })),
  );
  const subjects = computed(() => [
    { value: 'everybody', label: t('pushRule.everybody'), icon: 'i-lucide-globe' },
    ...Role.options.map((role) => ({
      value: `role:${role}`,
      label: t('pushRule.role', { role: t(`role.${role}`) }),
      icon: 'i-lucide-shield',
    })),
    ...accounts.value.map((one) => ({ ...one, value: `user:${one.value}` })),
  ]);
  return { userOf, nameOf: (id: string) => userOf(id)?.displayName ?? null, accounts, subjects };
}
