import type { Progress } from '@waybill/contract';

/** Of an operation that has not begun. */
export const emptyProgress: Progress = {
  phase: 'preparing',
  percent: null,
  bytesDone: 0,
  bytesTotal: null,
  bytesPerSecond: null,
  secondsLeft: null,
  unit: 'compressed',
  layersDone: 0,
  layersTotal: 0,
  layersThere: 0,
  retryAt: null,
  layers: [],
};
