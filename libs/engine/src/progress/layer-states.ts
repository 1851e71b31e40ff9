import type { LayerState } from '@waybill/contract';

const pushStates: Readonly<Record<string, LayerState>> = {
  Preparing: 'preparing',
  Waiting: 'waiting',
  Pushing: 'moving',
  Pushed: 'done',
  'Layer already exists': 'exists',
  'Already exists': 'exists',
};

const pullStates: Readonly<Record<string, LayerState>> = {
  'Pulling fs layer': 'waiting',
  Waiting: 'waiting',
  Downloading: 'moving',
  'Verifying Checksum': 'verifying',
  'Download complete': 'moved',
  Extracting: 'unpacking',
  'Pull complete': 'done',
  'Already exists': 'exists',
};

/**
 * The state that a line's status says of its layer; undefined where the line is about something else ("Pulling from R" has the tag as
 * its id). Source: Engine's distribution package (20.10) and its containerd progress (28).
 */
export function layerStateOf(
  kind: 'pull' | 'push',
  status: string,
): { state: LayerState; mountedFrom?: string } | undefined {
  const known = (kind === 'pull' ? pullStates : pushStates)[status];
  if (known) return { state: known };
  if (/^Retrying in \d+ seconds?$/.test(status)) return { state: 'retrying' };
  const mountedFrom = /^Mounted from (.+)$/.exec(status)?.[1];
  if (mountedFrom) return { state: 'mounted', mountedFrom };
  return status.startsWith('Unavailable') ? { state: 'waiting' } : undefined;
}

/** Already at the destination: counts as a layer, not as bytes. */
export function wasThere(state: LayerState): boolean {
  return state === 'exists' || state === 'mounted';
}

/** All bytes of the layer have moved. */
export function hasMoved(state: LayerState): boolean {
  return state === 'verifying' || state === 'moved' || state === 'unpacking' || state === 'done';
}
