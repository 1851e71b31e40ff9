import type { LayerProgress, LayerState, OperationState } from '@waybill/contract';
import type { ShownState } from '../../../shared/parts/states.js';

/** How a layer's state looks: its icon, its colour, and the state of its bar (`there` is hatched, nothing moved). */
export interface LayerLook {
  icon: string;
  text: string;
  bar: ShownState | 'there';
}

const looks: Record<LayerState, LayerLook> = {
  waiting: { icon: 'i-lucide-circle-dashed', text: 'text-muted', bar: 'queued' },
  preparing: { icon: 'i-lucide-circle-dashed', text: 'text-muted', bar: 'queued' },
  exists: { icon: 'i-lucide-equal', text: 'text-muted', bar: 'there' },
  mounted: { icon: 'i-lucide-link', text: 'text-muted', bar: 'there' },
  moving: { icon: 'i-lucide-arrow-up', text: 'text-primary', bar: 'running' },
  retrying: { icon: 'i-lucide-rotate-cw', text: 'text-warning', bar: 'running' },
  verifying: { icon: 'i-lucide-scan-search', text: 'text-primary', bar: 'running' },
  moved: { icon: 'i-lucide-package', text: 'text-primary', bar: 'running' },
  unpacking: { icon: 'i-lucide-package-open', text: 'text-primary', bar: 'running' },
  done: { icon: 'i-lucide-check', text: 'text-success', bar: 'succeeded' },
};

const settled: readonly LayerState[] = ['exists', 'mounted', 'done'];

/** Whether nothing more happens to the layer. */
export function isSettled(layer: LayerProgress): boolean {
  return settled.includes(layer.state);
}

/** A layer that was on its way when its operation ended stopped as the operation did. */
export function layerLook(layer: LayerProgress, operation: OperationState, pulling: boolean): LayerLook {
  const look = looks[layer.state];
  if (look.bar === 'running' && operation !== 'running') {
    return { ...look, text: 'text-muted', bar: operation === 'succeeded' ? 'succeeded' : operation };
  }
  return layer.state === 'moving' && pulling ? { ...look, icon: 'i-lucide-arrow-down' } : look;
}

/** Whole percents of one layer, or null where its size is not told. What is moved whole is 100. */
export function layerPercent(layer: LayerProgress): number | null {
  if (layer.state === 'moved' || layer.state === 'verifying') return 100;
  if (!layer.bytesTotal) return null;
  return Math.min(100, Math.floor((layer.bytesDone / layer.bytesTotal) * 100));
}
