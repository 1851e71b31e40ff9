import type { LayerProgress, LayerState, Progress, ProgressPhase, ProgressSummary } from '@waybill/contract';
import type { EngineLine } from '../stream/engine-line.js';
import { hasMoved, layerStateOf, wasThere } from './layer-states.js';
import { Rate } from './rate.js';

export interface TransferProgressOptions {
  readonly kind: 'pull' | 'push';
  /** Whether the engine keeps images in containerd's store: an older push counts bytes of the uncompressed tar. Default: false. */
  readonly containerdStore?: boolean;
}

export interface TransferChanges {
  readonly progress: ProgressSummary;
  /** The layers that changed since the last take. */
  readonly layers: LayerProgress[];
}

/** No image has so many; lines beyond are not counted. */
const maxLayers = 2000;
const digestPattern = /sha256:[0-9a-f]{64}/;

interface Layer {
  readonly id: string;
  state: LayerState;
  done: number;
  /** As its lines told. */
  total: number | null;
  /** As was known before. */
  readonly expected: number | null;
  mountedFrom?: string;
}

/** Sums an engine's lines to one figure that never runs backwards. See README, "The progress model". */
export class TransferProgress {
  readonly #kind: 'pull' | 'push';
  readonly #unit: 'compressed' | 'uncompressed';
  readonly #sizes = new Map<string, number>();
  readonly #layers = new Map<string, Layer>();
  readonly #changed = new Set<string>();
  readonly #rate = new Rate();
  #percent: number | null = null;
  #bytesDone = 0;
  #now = 0;
  #finished = false;
  #retryAt: string | null = null;
  /** The digest that the engine told. */
  digest: string | null = null;
  /** The size of the manifest alone: what a push' closing line calls size. */
  manifestSize: number | null = null;
  /** A pull's closing words, without "Status: ". */
  status: string | null = null;

  constructor({ kind, containerdStore = false }: TransferProgressOptions) {
    this.#kind = kind;
    this.#unit = kind === 'push' && !containerdStore ? 'uncompressed' : 'compressed';
  }

  /**
   * Tells what layers will be before their lines do, by the id of their lines (12 hex digits), so that the percent is known sooner: the
   * layers of a registry's manifest for a pull, EngineClient.pushSizes for a push (there the total holds, until the engine has looked at
   * them, layers that turn out to be there). What a line tells itself counts more.
   */
  expect(sizes: ReadonlyMap<string, number>): void {
    for (const [id, size] of sizes) {
      if (this.#sizes.size >= maxLayers) return;
      this.#sizes.set(id, size);
    }
  }

  /** @param now milliseconds of any clock that does not run backwards */
  accept(line: EngineLine, now: number): void {
    this.#now = Math.max(this.#now, now);
    if (this.#finished) return;
    this.#retryAt = null;
    this.#readResult(line);
    if (line.id !== undefined && line.status !== undefined)
      this.#acceptLayer(line.id, line.status, line.progressDetail);
    this.#advance();
  }

  /** A registry's rate limit: shows when the next try begins, until its first line. The rate begins anew. */
  backOff(retryAt: string): void {
    if (this.#finished) return;
    this.#retryAt = retryAt;
    this.#rate.reset();
  }

  /** The engine has said that all is done. Only now the percent is 100. */
  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#retryAt = null;
    for (const layer of this.#layers.values()) {
      if (wasThere(layer.state)) continue;
      if (layer.state !== 'done' || layer.done !== layer.total) this.#changed.add(layer.id);
      layer.state = 'done';
      layer.done = layer.total ??= layer.expected ?? layer.done;
    }
    this.#bytesDone = Math.max(this.#bytesDone, this.#sums().moved);
    this.#percent = 100;
  }

  /** @param now for the rate; the last line's time unless given */
  snapshot(now: number = this.#now): Progress {
    return { ...this.summary(now), layers: [...this.#layers.values()].map(toLayerProgress) };
  }

  summary(now: number = this.#now): ProgressSummary {
    const layers = [...this.#layers.values()];
    const { moved, total } = this.#sums();
    const phase = this.#phase(layers);
    const rate = phase === 'transferring' ? this.#rate.perSecond(Math.max(now, this.#now)) : null;
    return {
      phase,
      percent: this.#percent,
      bytesDone: this.#bytesDone,
      bytesTotal: this.#finished ? this.#bytesDone : total === null ? null : Math.max(total, this.#bytesDone),
      bytesPerSecond: rate,
      secondsLeft: rate && total !== null ? Math.max(0, total - moved) / rate : null,
      unit: this.#unit,
      layersDone: layers.filter((one) => one.state === 'done' || wasThere(one.state)).length,
      layersTotal: layers.length,
      layersThere: layers.filter((one) => wasThere(one.state)).length,
      retryAt: this.#retryAt,
    };
  }

  /** The summary, and the layers that changed since the last call. */
  takeChanges(now: number = this.#now): TransferChanges {
    const layers = [...this.#changed].flatMap((id) => this.#layers.get(id) ?? []).map(toLayerProgress);
    this.#changed.clear();
    return { progress: this.summary(now), layers };
  }

  #readResult({ id, status = '', aux }: EngineLine): void {
    if (aux?.digest && digestPattern.test(aux.digest)) {
      this.digest = aux.digest;
      this.manifestSize = aux.size ?? this.manifestSize;
    }
    if (id !== undefined) return;
    const told = /(?:^|: )digest: (sha256:[0-9a-f]{64})(?: size: (\d+))?$/i.exec(status);
    if (told?.[1]) {
      this.digest = told[1];
      if (told[2]) this.manifestSize = Number(told[2]);
    }
    if (this.#kind === 'pull' && status.startsWith('Status: ')) this.status = status.slice('Status: '.length);
  }

  #acceptLayer(id: string, status: string, detail: EngineLine['progressDetail']): void {
    const said = layerStateOf(this.#kind, status);
    if (!said) return;
    let layer = this.#layers.get(id);
    if (!layer) {
      if (this.#layers.size >= maxLayers) return;
      layer = { id, state: said.state, done: 0, total: null, expected: this.#sizes.get(id) ?? null };
      this.#layers.set(id, layer);
    }
    const before = layer.done;
    layer.state = said.state;
    if (said.mountedFrom) layer.mountedFrom = said.mountedFrom;
    if (said.state === 'moving') moveTo(layer, detail);
    else if (said.state === 'retrying') layer.done = 0;
    else if (hasMoved(said.state)) layer.done = layer.total ??= layer.expected ?? layer.done;
    this.#rate.add(Math.max(0, layer.done - before), this.#now);
    this.#changed.add(id);
  }

  /** Of the layers that move. `total` is null until each has told its size. */
  #sums(): { moved: number; total: number | null } {
    let moved = 0;
    let total: number | null = 0;
    for (const layer of this.#layers.values()) {
      if (wasThere(layer.state)) continue;
      moved += layer.done;
      const size = sizeOf(layer);
      total = total === null || size === null ? null : total + size;
    }
    return { moved, total: this.#layers.size === 0 ? null : total };
  }

  #advance(): void {
    const { moved, total } = this.#sums();
    this.#bytesDone = Math.max(this.#bytesDone, moved);
    if (total === null) return;
    const all = Math.max(total, this.#bytesDone);
    const percent = all === 0 ? 0 : Math.floor((this.#bytesDone / all) * 100);
    this.#percent = Math.max(this.#percent ?? 0, Math.min(99, percent));
  }

  #phase(layers: readonly Layer[]): ProgressPhase {
    if (this.#finished) return 'done';
    if (this.#retryAt !== null) return 'backing_off';
    if (layers.length === 0) return 'preparing';
    const open = layers.filter((one) => !wasThere(one.state) && !hasMoved(one.state));
    if (open.length > 0) {
      const begun = layers.some(
        (one) => one.done > 0 || one.state === 'moving' || one.state === 'retrying' || hasMoved(one.state),
      );
      return begun ? 'transferring' : 'preparing';
    }
    return layers.some((one) => one.state === 'unpacking' || one.state === 'moved' || one.state === 'verifying')
      ? 'unpacking'
      : 'finishing';
  }
}

function sizeOf({ total, expected, done }: Layer): number | null {
  return total ?? (expected === null ? null : Math.max(expected, done));
}

/** Bytes may be told beyond the total (20.10's last push line), or without one. A total that grew stays. */
function moveTo(layer: Layer, detail: EngineLine['progressDetail']): void {
  if (detail?.units !== undefined && detail.units !== 'B') return;
  if (detail?.total) layer.total = Math.max(layer.total ?? 0, detail.total);
  if (detail?.current === undefined) return;
  layer.done = layer.total === null ? detail.current : Math.min(detail.current, layer.total);
}

function toLayerProgress(layer: Layer): LayerProgress {
  const { id, state, done, mountedFrom } = layer;
  return {
    id,
    state,
    bytesDone: done,
    bytesTotal: sizeOf(layer),
    ...(mountedFrom && state === 'mounted' ? { mountedFrom } : {}),
  };
}

/** A new model for one operation; it lives through the engine's and our own new tries. */
export function createTransferProgress(options: TransferProgressOptions): TransferProgress {
  return new TransferProgress(options);
}
