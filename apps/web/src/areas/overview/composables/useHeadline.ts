import type { EngineSummary, Registry } from '@waybill/contract';
import { computed, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { useBoard } from '../../../shared/live/useBoard.js';
import type { HealthRow } from './useHealth.js';

export interface Headline {
  text: string;
  icon: string;
  tone: string;
}

/** The Hub is there from the start; where nobody gave it a login and other registries serve, its state is no headline. */
function isSpare({ kind, credentials }: Registry, count: number): boolean {
  return kind === 'hub' && credentials.length === 0 && count > 1;
}

/** One look: is all well, and what is going on. */
export function useHeadline(engine: Ref<EngineSummary | null>, rows: Ref<readonly HealthRow[]>) {
  const { t } = useI18n();
  const board = useBoard();

  const headline = computed<Headline>(() => {
    const named = (state: HealthRow['state']) =>
      rows.value
        .filter((row) => row.state === state && !isSpare(row.registry, rows.value.length))
        .map(({ registry }) => registry.name);
    const warning = { icon: 'i-lucide-triangle-alert', tone: 'text-warning' };
    if (engine.value?.state !== 'connected') {
      return { text: t('overview.headline.connecting'), icon: 'i-lucide-circle-dashed', tone: 'text-muted' };
    }
    const down = named('down');
    if (down.length === 1) return { text: t('overview.headline.down', { name: down[0] }), ...warning };
    if (down.length > 1) return { text: t('overview.headline.downMany', { n: down.length }), ...warning };
    const slow = named('slow');
    if (slow.length === 1) return { text: t('overview.headline.slow', { name: slow[0] }), ...warning };
    if (slow.length > 1) return { text: t('overview.headline.slowMany', { n: slow.length }), ...warning };
    return { text: t('overview.headline.well'), icon: 'i-lucide-circle-check', tone: 'text-success' };
  });

  const summary = computed(() => {
    const count = (kind: string): number => board.running.filter((one) => one.kind === kind).length;
    const [pushes, pulls] = [count('image.push'), count('image.pull')];
    const waiting = board.moving.length - board.running.length;
    const moving =
      pushes && pulls
        ? t('overview.summary.both', {
            pushes: t('overview.summary.somePushes', pushes),
            pulls: t('overview.summary.somePulls', pulls),
          })
        : pushes
          ? t('overview.summary.pushes', pushes)
          : pulls
            ? t('overview.summary.pulls', pulls)
            : '';
    const queue = waiting ? t(moving ? 'overview.summary.waiting' : 'overview.summary.waitingOnly', waiting) : '';
    return [moving, queue].filter(Boolean).join(t('overview.summary.between')) || t('overview.summary.none');
  });
  return { headline, summary };
}
