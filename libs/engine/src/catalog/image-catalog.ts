import { EventEmitter } from 'node:events';
import type { Image } from '@waybill/contract';
import type { EngineClient } from '../client/engine-client.js';
import type { EngineEvent } from '../client/events.js';
import type { EngineConnection } from '../connection/engine-connection.js';
import { engineFilters, filterImages, newestFirst, tagsIn, type ImageFilter } from './filters.js';

export type { ImageFilter } from './filters.js';

export interface ImageCatalogOptions {
  readonly client: Pick<EngineClient, 'listImages'>;
  /** Its events and reconnects make the list stale. */
  readonly connection?: EngineConnection;
  /** How long a list is believed though nothing was heard. Default: 60 s. */
  readonly ttlMs?: number;
  /** Milliseconds of a clock that does not run backwards. */
  readonly now?: () => number;
}

interface Entry {
  readonly generation: number;
  readonly startedAt: number;
  readonly images: Promise<readonly Image[]>;
  settled: boolean;
}

/** As many different lists are kept: `all` or not, and questions that only the engine can answer. */
const maxEntries = 32;
const containerActions = new Set(['create', 'destroy', 'commit']);

/** Whether an event can change the list: names, digests (a push fills them), or how many containers stand on an image. */
function changesList({ type, action }: EngineEvent): boolean {
  return type === 'image' || (type === 'container' && containerActions.has(action)) || type === 'builder';
}

/**
 * One image list of an engine, in memory. It is made stale by the engine's events and by reconnects, and fetched once for all who ask at
 * the same time. Who asks after an event never gets a list that was asked for before it.
 */
export class ImageCatalog extends EventEmitter<{ stale: [] }> {
  readonly #client: Pick<EngineClient, 'listImages'>;
  readonly #ttlMs: number;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  readonly #detach: () => void;
  #generation = 0;
  #staleTold = false;

  constructor(options: ImageCatalogOptions) {
    super();
    this.#client = options.client;
    this.#ttlMs = options.ttlMs ?? 60_000;
    this.#now = options.now ?? (() => performance.now());
    const { connection } = options;
    const onEvent = (event: EngineEvent): void => {
      if (changesList(event)) this.invalidate();
    };
    const onConnected = (): void => this.invalidate();
    connection?.on('event', onEvent).on('connected', onConnected);
    this.#detach = () => connection?.off('event', onEvent).off('connected', onConnected);
  }

  /** Makes what is known stale. 'stale' is told once until somebody has asked again. */
  invalidate(): void {
    this.#generation += 1;
    if (this.#staleTold) return;
    this.#staleTold = true;
    this.emit('stale');
  }

  /**
   * The images that `docker images` with these filters lists, newest first. Do not change what is returned: it is everybody's.
   * @throws WaybillError `engine.*` when the engine had to be asked and did not answer, `request.invalid` for a bad pattern,
   * `image.not_found` where `before` or `since` names none
   */
  async list(filter: ImageFilter = {}): Promise<readonly Image[]> {
    const images = await this.#fetched(filter);
    const { reference, label, dangling } = filter;
    return reference?.length || label?.length || dangling !== undefined ? filterImages(images, filter) : images;
  }

  /** The tags that the engine has of a repository (`registry/namespace/name`), for a push of all. @throws WaybillError `reference.invalid` */
  async tagsOf(repository: string): Promise<string[]> {
    return tagsIn(await this.list(), repository);
  }

  /** Lets go of the connection. */
  close(): void {
    this.#detach();
    this.#entries.clear();
    this.removeAllListeners();
  }

  async #fetched(filter: ImageFilter): Promise<readonly Image[]> {
    const filters = engineFilters(filter);
    const key = JSON.stringify([filter.all === true, filters]);
    for (;;) {
      const known = this.#entries.get(key);
      if (known && this.#isFresh(known)) return known.images;
      // One that is stale before it has arrived is waited for: an engine that is busy is never asked twice at once.
      if (known && !known.settled) await known.images.catch(() => undefined);
      else return this.#fetch(key, { all: filter.all === true, ...(filters ? { filters } : {}) }).images;
    }
  }

  #isFresh(entry: Entry): boolean {
    return entry.generation === this.#generation && (!entry.settled || this.#now() - entry.startedAt < this.#ttlMs);
  }

  #fetch(key: string, options: Parameters<EngineClient['listImages']>[0]): Entry {
    this.#staleTold = false;
    const images = this.#client.listImages(options).then(newestFirst);
    const entry: Entry = { generation: this.#generation, startedAt: this.#now(), images, settled: false };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    images.then(
      () => (entry.settled = true),
      () => {
        entry.settled = true;
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      },
    );
    if (this.#entries.size > maxEntries) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    return entry;
  }
}
