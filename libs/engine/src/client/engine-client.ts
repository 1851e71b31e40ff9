import type { IncomingMessage } from 'node:http';
import {
  familiarName,
  parseReference,
  type EngineInfo,
  type Image,
  type ImageDetail,
  type ImagePruneRequest,
  type ImagePruneResult,
} from '@waybill/contract';
import { adviceFor, engineLost, type FailureContext } from '../errors/errors.js';
import { parseEngineHost, type EngineTls } from '../host/engine-target.js';
import { decodeJsonLines } from '../stream/json-lines.js';
import type { EngineLine } from '../stream/engine-line.js';
import { isAtLeast } from './api-version.js';
import { EngineCalls, bytesOf, type EngineVersion } from './engine-calls.js';
import { toEngineEvent, type EngineEvent } from './events.js';
import { countContainers, layerSizesOf, toEngineInfo, toHistory, toImage, toImageDetail } from './mapping.js';
import { prunePath, toImageUsage, toRemovedImages, type ImageUsage, type RemovedImages } from './removal.js';
import {
  failureContext,
  pullPath,
  pushPath,
  registryAuthHeader,
  transferLines,
  type PullTransfer,
  type TransferRequest,
} from './transfer.js';
import type { WireContainer, WireHistory, WireImage, WireImageDetail, WireInfo, WireRemoval } from './wire.js';

/** Unlinking the files of large images takes an engine its time. */
const removalTimeoutMs = 30 * 60_000;

export interface EngineClientOptions {
  /** In DOCKER_HOST's forms. */
  readonly host: string;
  readonly tls?: EngineTls | undefined;
  /** The engine's short name, as it stands in what `info()` answers. Default: `local`. */
  readonly slug?: string;
  /** How long a call that does not stream may take. Default: 30 s. */
  readonly timeoutMs?: number;
}

/** Filters of GET /images/json, as the engine takes them. */
export type EngineFilters = Readonly<Record<string, readonly string[]>>;

export interface ListImagesOptions {
  /** Also intermediate images. */
  readonly all?: boolean;
  readonly filters?: EngineFilters;
  /** Also ask for the bytes that images share: dear on some engines. */
  readonly sharedSize?: boolean;
}

/** Typed calls to one Docker Engine. Holds no connection; every failure is a WaybillError. */
export class EngineClient {
  readonly host: string;
  readonly slug: string;
  /** What to do where this engine can't be reached, in the order in which it is worth trying. */
  readonly advice: readonly string[];
  readonly #calls: EngineCalls;

  /** @throws WaybillError `engine.unreachable` for an address that cannot be used */
  constructor(options: EngineClientOptions) {
    this.host = options.host;
    this.slug = options.slug ?? 'local';
    const target = parseEngineHost(options.host, options.tls);
    this.advice = adviceFor(target);
    this.#calls = new EngineCalls(target, options.timeoutMs ?? 30_000);
  }

  /** Asks whether the engine answers. @param timeoutMs instead of the client's own */
  ping(timeoutMs?: number, signal?: AbortSignal): Promise<void> {
    return this.#calls.ping(timeoutMs, signal);
  }

  /** Reads the engine's version and negotiates the API version anew. @throws WaybillError `engine.too_old` below API 1.24 */
  version(signal?: AbortSignal): Promise<EngineVersion> {
    return this.#calls.negotiate(signal);
  }

  /** `docker info` and `docker version` in one. */
  async info(signal?: AbortSignal): Promise<EngineInfo> {
    const [info, version] = await Promise.all([
      this.#calls.json<WireInfo>('/info', { task: 'engine' }, signal),
      this.#calls.rawVersion(signal),
    ]);
    return toEngineInfo(this.slug, info, version, new Date());
  }

  /** The image list with its containers counted, in the engine's order. Source: Engine API, GET /images/json. */
  async listImages(options: ListImagesOptions = {}): Promise<Image[]> {
    const query = new URLSearchParams();
    if (options.all) query.set('all', '1');
    if (options.filters && Object.keys(options.filters).length > 0)
      query.set('filters', JSON.stringify(options.filters));
    if (options.sharedSize && isAtLeast(await this.#calls.apiVersion(), '1.42')) query.set('shared-size', '1');
    const [images, containers] = await Promise.all([
      this.#calls.json<WireImage[]>(`/images/json?${query.toString()}`, { task: 'image' }),
      this.#calls.json<WireContainer[]>('/containers/json?all=1', { task: 'engine' }),
    ]);
    const counts = countContainers(containers);
    return images.map((one) => toImage(one, counts));
  }

  /** @param reference a reference or an image's id @throws WaybillError `image.not_found` */
  async inspectImage(reference: string): Promise<Omit<ImageDetail, 'history'>> {
    return toImageDetail(await this.#inspect(reference));
  }

  /** Newest first. @throws WaybillError `image.not_found` */
  async imageHistory(reference: string): Promise<ImageDetail['history']> {
    return toHistory(await this.#history(reference));
  }

  /** Inspect and history in one. @throws WaybillError `image.not_found` */
  async imageDetail(reference: string): Promise<ImageDetail> {
    const [detail, history] = await Promise.all([this.inspectImage(reference), this.imageHistory(reference)]);
    return { ...detail, history };
  }

  /**
   * What an older engine's push will count for each layer, by the id of its lines: for TransferProgress.expect. Empty where that can't be
   * told (containerd's store names layers by what it sends; an image with layers of no bytes). @throws WaybillError `image.not_found`
   */
  async pushSizes(reference: string): Promise<Map<string, number>> {
    const [detail, history] = await Promise.all([this.#inspect(reference), this.#history(reference)]);
    return layerSizesOf(detail, history);
  }

  /**
   * Gives an image another name; `latest` where the target says no tag.
   * @param source a reference or an image's id
   * @throws WaybillError `image.not_found`, `reference.invalid`
   */
  async tag(source: string, target: string): Promise<void> {
    const wanted = parseReference(target);
    const query = new URLSearchParams({ repo: familiarName(wanted), tag: wanted.tag ?? 'latest' });
    const path = `/images/${pathOf(source)}/tag?${query.toString()}`;
    await this.#calls.whole({ method: 'POST', path }, { task: 'image' });
  }

  /** Every image with the one it was built upon, and the containers: what stands in the way of a removal. */
  async imageUsage(): Promise<ImageUsage> {
    const [images, containers] = await Promise.all([
      this.#calls.json<WireImage[]>('/images/json?all=1', { task: 'image' }),
      this.#calls.json<WireContainer[]>('/containers/json?all=1', { task: 'engine' }),
    ]);
    return toImageUsage(images, containers);
  }

  /**
   * `docker rmi`: takes a name away, and the image with its last one. Source: Engine API, DELETE /images/{name}.
   * @param reference a reference or an image's id
   * @throws WaybillError `image.not_found`, `image.in_use` with the engine's words
   */
  async removeImage(reference: string, options: { force?: boolean; noPrune?: boolean } = {}): Promise<RemovedImages> {
    const query = new URLSearchParams();
    if (options.force) query.set('force', '1');
    if (options.noPrune) query.set('noprune', '1');
    const call = { method: 'DELETE', path: `/images/${pathOf(reference)}?${query.toString()}` } as const;
    return toRemovedImages(await this.#calls.changing<WireRemoval[] | null>(call, { task: 'image' }, removalTimeoutMs));
  }

  /** `docker image prune`: what is nameless, or all that no container uses. Source: Engine API, POST /images/prune. */
  async pruneImages(wanted: ImagePruneRequest = {}): Promise<ImagePruneResult> {
    const call = { method: 'POST', path: prunePath(wanted) } as const;
    const { ImagesDeleted, SpaceReclaimed } = await this.#calls.changing<{
      ImagesDeleted?: WireRemoval[] | null;
      SpaceReclaimed?: number;
    }>(call, { task: 'image' }, removalTimeoutMs);
    return { ...toRemovedImages(ImagesDeleted), spaceReclaimed: Math.max(0, SpaceReclaimed ?? 0) };
  }

  /** Asks the engine to log in to a registry, without keeping anything. Source: Engine API, POST /auth. */
  async authenticate(login: { username: string; password: string; serveraddress: string }): Promise<void> {
    const body = JSON.stringify(login);
    const headers = { 'content-type': 'application/json' };
    const context: FailureContext = { task: 'login', hasLogin: true, secrets: [login.password] };
    await this.#calls.whole({ method: 'POST', path: '/auth', headers, body }, context);
  }

  /**
   * Pulls an image: every line of the engine, a failing one too, before it is thrown. Ending the loop or aborting the signal
   * closes the connection, which cancels the pull at the engine; an abort throws the signal's reason.
   * @throws WaybillError `registry.*`, `engine.*`, `reference.invalid`; see isEngineLost for "nobody told how it ended"
   */
  pull(request: PullTransfer): AsyncGenerator<EngineLine, void, undefined> {
    return this.#transfer(pullPath(request), request, failureContext('pull', request.auth));
  }

  /** Pushes one tag, as pull does. @throws also WaybillError `reference.tag_required`, `image.not_found` */
  push(request: TransferRequest): AsyncGenerator<EngineLine, void, undefined> {
    return this.#transfer(pushPath(request), request, failureContext('push', request.auth));
  }

  /**
   * Follows what happens on the engine, from `since` (see EngineEvent.stamp) or from now on. Resolves once the engine listens.
   * @throws WaybillError `engine.*` here, and out of the iteration when the connection breaks
   */
  async events(
    options: { since?: string; filters?: EngineFilters; signal?: AbortSignal } = {},
  ): Promise<AsyncGenerator<EngineEvent, void, undefined>> {
    const query = new URLSearchParams();
    if (options.since) query.set('since', options.since);
    if (options.filters) query.set('filters', JSON.stringify(options.filters));
    const call = { method: 'GET', path: `/events?${query.toString()}`, signal: options.signal } as const;
    return eventsOf(await this.#calls.stream(call, { task: 'engine' }), options.signal);
  }

  async *#transfer(
    path: string,
    request: TransferRequest,
    context: FailureContext,
  ): AsyncGenerator<EngineLine, void, undefined> {
    const headers = {
      'x-registry-auth': registryAuthHeader(request.auth),
      'user-agent': request.userAgent ?? 'waybill',
    };
    const answer = await this.#calls.stream({ method: 'POST', path, headers, signal: request.signal }, context);
    let concluded: boolean;
    try {
      concluded = yield* transferLines(bytesOf(answer, request.signal), context);
    } finally {
      answer.destroy();
    }
    if (!concluded) throw engineLost('the stream ended without its closing line');
  }

  #inspect(reference: string): Promise<WireImageDetail> {
    return this.#calls.json<WireImageDetail>(`/images/${pathOf(reference)}/json`, { task: 'image' });
  }

  #history(reference: string): Promise<WireHistory[]> {
    return this.#calls.json<WireHistory[]>(`/images/${pathOf(reference)}/history`, { task: 'image' });
  }
}

async function* eventsOf(
  answer: IncomingMessage,
  signal: AbortSignal | undefined,
): AsyncGenerator<EngineEvent, void, undefined> {
  try {
    for await (const raw of decodeJsonLines(bytesOf(answer, signal))) yield toEngineEvent(raw);
  } finally {
    answer.destroy();
  }
}

/** A reference or an id as it stands in a path: the slashes stay, nothing else can change the path's meaning. */
function pathOf(reference: string): string {
  return reference
    .split('/')
    .map((part) => (part === '.' || part === '..' ? part.replaceAll('.', '%2E') : encodeURIComponent(part)))
    .join('/');
}
