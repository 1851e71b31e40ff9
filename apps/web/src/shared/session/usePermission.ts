import type { Permission } from '@waybill/contract';
import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { codeKey } from '../format/code-key.js';
import { useSession } from './useSession.js';

/** Whether I may, and if not the sentence that says what is missing. */
export function usePermission(permission: Permission) {
  const { t } = useI18n();
  const { session, may } = useSession();
  const granted = computed(() => may(permission));
  const refusal = computed(() => {
    if (granted.value || !session.value) return null;
    return t('refused', { permission: t(`permission.${codeKey(permission)}`) });
  });
  return { may: granted, refusal };
}
