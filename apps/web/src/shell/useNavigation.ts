import type { Permission } from '@waybill/contract';
import type { NavigationMenuItem } from '@nuxt/ui';
import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { useRoute } from 'vue-router';
import { useEngine } from '../shared/engine/useEngine.js';
import { useFormat } from '../shared/format/useFormat.js';
import { useImages } from '../shared/images/useImages.js';
import { useBoard } from '../shared/live/useBoard.js';
import { useSession } from '../shared/session/useSession.js';

interface Place {
  key: 'overview' | 'images' | 'registries' | 'operations' | 'record' | 'settings';
  icon: string;
  to: string;
  permission?: Permission;
}

/** Every page that one may go to, in the order of the sidebar. */
export const places: readonly Place[] = [
  { key: 'overview', icon: 'i-lucide-layout-dashboard', to: '/' },
  { key: 'images', icon: 'i-lucide-layers', to: '/images', permission: 'image.read' },
  { key: 'registries', icon: 'i-lucide-warehouse', to: '/registries', permission: 'registry.read' },
  { key: 'operations', icon: 'i-lucide-arrow-left-right', to: '/operations', permission: 'operation.read' },
  { key: 'record', icon: 'i-lucide-scroll-text', to: '/record', permission: 'audit.read' },
  { key: 'settings', icon: 'i-lucide-settings-2', to: '/settings' },
];

/** The sidebar's entries with their counts. */
export function useNavigation() {
  const { t } = useI18n();
  const { count } = useFormat();
  const { may } = useSession();
  const { engine, summary } = useEngine();
  const board = useBoard();
  const route = useRoute();

  const images = useImages(
    engine,
    {},
    computed(() => summary.value?.state === 'connected' && may('image.read')),
  );

  const counts = computed<Partial<Record<Place['key'], number>>>(() => ({
    images: images.data.value?.length ?? 0,
    operations: board.moving.length,
  }));

  /** A count beside a word needs no box around it. */
  const plain = (label: string) => ({
    label,
    variant: 'soft' as const,
    color: 'neutral' as const,
    class: 'bg-transparent text-dimmed px-0 py-0 font-normal text-xs',
  });

  const items = computed<NavigationMenuItem[]>(() =>
    places
      .filter(({ permission }) => !permission || may(permission))
      .map(({ key, icon, to }) => ({
        label: t(`shell.nav.${key}`),
        icon,
        to,
        active: to === '/' ? route.path === '/' : route.path === to || route.path.startsWith(`${to}/`),
        ...(counts.value[key] ? { badge: plain(count(counts.value[key])) } : {}),
      })),
  );
  return { top: computed(() => items.value.slice(0, -1)), bottom: computed(() => items.value.slice(-1)) };
}
