import type { CommandPaletteGroup, CommandPaletteItem } from '@nuxt/ui';
import { useQuery } from '@tanstack/vue-query';
import { UserList } from '@waybill/contract';
import { computed, inject, ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { chooseLanguage } from '../i18n.js';
import { api } from '../shared/api/api.js';
import { queryKeys } from '../shared/api/query-keys.js';
import { useEngine } from '../shared/engine/useEngine.js';
import { codeKey } from '../shared/format/code-key.js';
import { useImages } from '../shared/images/useImages.js';
import { useBoard } from '../shared/live/useBoard.js';
import { initials } from '../shared/parts/actor.js';
import { states } from '../shared/parts/states.js';
import { useSession } from '../shared/session/useSession.js';
import { logOutKey } from './log-out-key.js';
import { places } from './useNavigation.js';

const mostImages = 500;

/** What Ctrl K finds. Lists are read only once it was opened, and kept as the cache keeps them. */
export function useCommands() {
  const { t, locale } = useI18n();
  const { may } = useSession();
  const { engine } = useEngine();
  const board = useBoard();
  const logOut = inject(logOutKey);
  const open = ref(false);

  const images = useImages(
    engine,
    {},
    computed(() => open.value && may('image.read')),
  );
  const people = useQuery({
    queryKey: queryKeys.users,
    queryFn: () => api.get('/users', UserList, { query: { limit: 200 } }),
    enabled: computed(() => open.value && may('user.manage')),
  });

  const pages = computed<CommandPaletteItem[]>(() =>
    places
      .filter(({ permission }) => !permission || may(permission))
      .map(({ key, icon, to }) => ({ label: t(`shell.nav.${key}`), icon, to })),
  );

  const actions = computed<CommandPaletteItem[]>(() => [
    ...(['pull', 'push', 'tag'] as const)
      .filter((kind) => may(`image.${kind}`))
      .map((kind) => ({
        label: t(`shell.command.${kind}`),
        icon: { pull: 'i-lucide-arrow-down-to-line', push: 'i-lucide-arrow-up-from-line', tag: 'i-lucide-tag' }[kind],
        to: { path: '/images', query: { dialog: kind } },
        words: `docker ${kind}`,
      })),
    {
      label: t('shell.language.other'),
      icon: 'i-lucide-languages',
      words: '中文 English language 语言',
      onSelect: () => void chooseLanguage(locale.value === 'en' ? 'zh-CN' : 'en'),
    },
    { label: t('shell.me.logOut'), icon: 'i-lucide-log-out', onSelect: () => void logOut?.() },
  ]);

  const found = computed<CommandPaletteItem[]>(() =>
    (images.data.value ?? [])
      .slice(0, mostImages)
      .flatMap(({ tags }) =>
        tags.map((tag) => ({ label: tag, icon: 'i-lucide-layers', to: `/images/${encodeURIComponent(tag)}` })),
      ),
  );

  const operations = computed<CommandPaletteItem[]>(() =>
    board.operations.map((operation) => {
      const name = operation.reference.slice(operation.reference.lastIndexOf('/') + 1);
      return {
        label: `${t(`kind.${codeKey(operation.kind)}`)} ${name}`,
        suffix: `${operation.registry.name} · ${operation.actor.name} · ${t(`state.${operation.state}`)}`,
        icon: states[operation.state].icon,
        to: `/operations/${operation.id}`,
        words: `${operation.reference} ${operation.id}`,
      };
    }),
  );

  const persons = computed<CommandPaletteItem[]>(() =>
    (people.data.value?.items ?? []).map((user) => ({
      label: user.displayName,
      suffix: `${user.username} · ${t(`role.${user.role}`)}`,
      avatar: { text: initials(user.displayName) },
      to: may('audit.read') ? { path: '/record', query: { actor: user.id } } : '/settings',
    })),
  );

  const groups = computed<CommandPaletteGroup[]>(() =>
    [
      { id: 'pages', label: t('shell.search.pages'), items: pages.value },
      { id: 'actions', label: t('shell.search.actions'), items: actions.value },
      { id: 'operations', label: t('shell.search.operations'), items: operations.value },
      { id: 'images', label: t('shell.search.images'), items: found.value },
      { id: 'people', label: t('shell.search.people'), items: persons.value },
    ].filter(({ items }) => items.length > 0),
  );
  const loading = computed(() => images.isFetching.value || people.isFetching.value);
  return { open, groups, loading };
}
