import type { Operation, Progress } from '@waybill/contract';
import { emptyProgress } from './empty-progress.js';
import type { Ending } from './operation.types.js';

/** The sum of the children. Layers stay with the children; a total or rate is known only where every part of it is. */
export function familyProgress(children: Operation[]): Progress {
  const parts = children.map((one) => one.progress);
  const sum = (of: (part: Progress) => number) => parts.reduce((total, part) => total + of(part), 0);
  const percents = children.map((one) => (one.endedAt ? 100 : (one.progress.percent ?? 0)));
  const moving = parts.filter((part) => part.bytesPerSecond !== null);
  const allTold = parts.every((part) => part.bytesTotal !== null);
  return {
    ...emptyProgress,
    phase: 'transferring',
    percent: Math.min(99, Math.floor(percents.reduce((total, one) => total + one, 0) / Math.max(1, percents.length))),
    bytesDone: sum((part) => part.bytesDone),
    bytesTotal: allTold ? sum((part) => part.bytesTotal ?? 0) : null,
    bytesPerSecond: moving.length ? sum((part) => part.bytesPerSecond ?? 0) : null,
    unit: parts.find((part) => part.layersTotal > 0)?.unit ?? 'compressed',
    layersDone: sum((part) => part.layersDone),
    layersTotal: sum((part) => part.layersTotal),
    layersThere: sum((part) => part.layersThere),
  };
}

/** Succeeded where all did; else the worst that happened to one of them. */
export function familyEnding(parent: Operation, children: Operation[]): Ending {
  const worst = (['failed', 'interrupted', 'cancelled'] as const).find((state) =>
    children.some((one) => one.state === state),
  );
  const failed = children.filter((one) => one.state !== 'succeeded');
  if (!worst) {
    const sum = (of: (one: Operation) => number) => children.reduce((total, one) => total + of(one), 0);
    return {
      state: 'succeeded',
      result: {
        digest: null,
        size: null,
        manifestSize: null,
        imageId: null,
        layersMoved: sum((one) => one.result?.layersMoved ?? 0),
        layersThere: sum((one) => one.result?.layersThere ?? 0),
        bytesMoved: sum((one) => one.result?.bytesMoved ?? 0),
        durationMs: parent.startedAt ? Date.now() - Date.parse(parent.startedAt) : 0,
        status: null,
      },
    };
  }
  if (worst === 'cancelled') return { state: 'cancelled' };
  const named = failed
    .slice(0, 5)
    .map((one) => one.reference)
    .join(', ');
  return {
    state: worst,
    error: {
      code: 'operation.children_failed',
      message: `${failed.length} of ${children.length} pushes did not succeed: ${named}. Open each to see why, and try it again.`,
      detail: null,
    },
  };
}
