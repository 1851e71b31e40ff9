import { describe, expect, it } from '@jest/globals';
import { LayerState } from '@waybill/contract';
import { isSettled, layerLook, layerPercent } from './layer-looks.js';

const layer = (state: LayerState, bytesDone = 0, bytesTotal: number | null = null) => ({
  id: 'a',
  state,
  bytesDone,
  bytesTotal,
});

describe('how a layer looks', () => {
  it('has an icon and a bar for every state', () => {
    for (const state of LayerState.options)
      expect(layerLook(layer(state), 'running', false).icon).toMatch(/^i-lucide-/);
  });
  it('points down while it is pulled and up while it is pushed', () => {
    expect(layerLook(layer('moving'), 'running', true).icon).toBe('i-lucide-arrow-down');
    expect(layerLook(layer('moving'), 'running', false).icon).toBe('i-lucide-arrow-up');
  });
  it('stops as its operation did', () => {
    expect(layerLook(layer('moving'), 'interrupted', false).bar).toBe('interrupted');
    expect(layerLook(layer('exists'), 'interrupted', false).bar).toBe('there');
  });
  it('is settled only when nothing more happens to it', () => {
    expect(LayerState.options.filter((state) => isSettled(layer(state)))).toEqual(['exists', 'mounted', 'done']);
  });
  it('knows no percents without a size, and never says 100 early', () => {
    expect(layerPercent(layer('moving', 5))).toBeNull();
    expect(layerPercent(layer('moving', 999, 1000))).toBe(99);
    expect(layerPercent(layer('moved', 0, null))).toBe(100);
  });
});
