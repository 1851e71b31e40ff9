import type { IncomingMessage } from 'node:http';
import { familiarName, parseReference, type EngineInfo, type Image, type ImageDetail } from '@waybill/contract';
import { engineLost, errorFromConnection, errorFromWords, type FailureContext } from '../errors/errors.js';
import { parseEngineHost, type EngineTarget, type EngineTls } from '../host/engine-target.js';
import { decodeJsonLines } from '../stream/json-lines.js';
import type { EngineLine } from '../stream/engine-line.js';
import { isAtLeast, negotiate } from './api-version.js';
import { toEngineEvent, type EngineEvent } from './events.js';
import { countContainers, toEngineInfo, toHistory, toImage, toImageDetail } from './mapping.js';
import { openCall, readText, wholeCall, type EngineRequest } from './transport.js';
import {
  failureContext,
  pullPath,
  pushPath,
  registryAuthHeader,
  transferLines,
  type EngineLogin,
  type PullTransfer,
  type TransferRequest,
} from './transfer.js';
import type { WireContainer, WireHistory, WireImage, WireImageDetail, WireInfo, WireVersion } from './wire.js';

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

export interface EngineVersion {
  readonly version: string;
  readonly apiVersion: string;
  readonly minApiVersion: string | null;
  /** The API version that is spoken from now on. */
  readonly negotiated: string;
}

/** Typed calls to one Docker Engine. Holds no connection; every failure is a WaybillError. */
export class EngineClient {
  readonly host: string;
  readonly slug: string;
  readonly #target: EngineTarget;
  readonly #timeoutMs: number;
  #negotiated: Promise<EngineVersion> | undefined;

  /** @throws WaybillError `engine.unreachable` for an address that cannot be used */
  constructor(options: EngineClientOptions) {
    this.host = options.host;
    this.slug = options.slug ?? 'local';
    this.#target = parseEngineHost(options.host, options.tls);
    this.#timeoutMs = options.timeoutMs ?? 30_000;
  }

  /** Asks whether the engine answers. @param timeoutMs instead of the client's own */
  async ping(timeoutMs: number = this.#timeoutMs): Promise<void> {
    const { status, text } = await wholeCall(this.#target, { method: 'GET', path: '/_ping' }, timeoutMs);
    if (status !== 200) throw errorFromWords(messageOf(text), { task: 'engine' }, status);
  }

  /** Reads the engine's version and negotiates the API version anew. Source: Engine API, GET /version. */
  version(): Promise<EngineVersion> {
    const asked = this.#readVersion();
    this.#negotiated = asked;
    asked.catch(() => {
      if (this.#negotiated === asked) this.#negotiated = undefined;
    });
    return asked;
  }

  async #readVersion(): Promise<EngineVersion> {
    const raw = await this.#rawVersion();
    return {
      version: raw.Version ?? '',
      apiVersion: raw.ApiVersion ?? '',
      minApiVersion: raw.MinAPIVersion ?? null,
      negotiated: negotiate(raw),
    };
  }

  /** `docker info` and `docker version` in one. */
  async info(): Promise<EngineInfo> {
    const [info, version] = await Promise.all([this.#json<WireInfo>('/info', { task: 'engine' }), this.#rawVersion()]);
    return toEngineInfo(this.slug, info, version, new Date());
  }

  /** The image list with its containers counted, in the engine's order. Source: Engine API, GET /images/json. */
  async listImages(options: ListImagesOptions = {}): Promise<Image[]> {
    const query = new URLSearchParams();
    if (options.all) query.set('all', '1');
    if (options.filters && Object.keys(options.filters).length > 0)
      query.set('filters', JSON.stringify(options.filters));
    if (options.sharedSize && isAtLeast(await this.#apiVersion(), '1.42')) query.set('shared-size', '1');
    const [images, containers] = await Promise.all([
      this.#json<WireImage[]>(`/images/json?${query.toString()}`, { task: 'image' }),
      this.#json<WireContainer[]>('/containers/json?all=1', { task: 'engine' }),
    ]);
    const counts = countContainers(containers);
    return images.map((one) => toImage(one, counts));
  }

  /** @throws WaybillError `image.not_found` */
  async inspectImage(reference: string): Promise<Omit<ImageDetail, 'history'>> {
    return toImageDetail(await this.#json<WireImageDetail>(`/images/${pathOf(reference)}/json`, { task: 'image' }));
  }

  /** @throws WaybillError `image.not_found` */
  async imageHistory(reference: string): Promise<ImageDetail['history']> {
    return toHistory(await this.#json<WireHistory[]>(`/images/${pathOf(reference)}/history`, { task: 'image' }));
  }

  /** Inspect and history in one. @throws WaybillError `image.not_found` */
  async imageDetail(reference: string): Promise<ImageDetail> {
    const [detail, history] = await Promise.all([this.inspectImage(reference), this.imageHistory(reference)]);
    return { ...detail, history };
  }

  /**
   * Gives an image another name; `latest` where the target says no tag.
   * @param source a reference or an image's id
   * @throws WaybillError `image.not_found`, `reference.invalid`
   */
  async tag(source: string, target: string): Promise<void> {
    const wanted = parseReference(target);
    const query = new URLSearchParams({ repo: familiarName(wanted), tag: wanted.tag ?? 'latest' });
    await this.#whole({ method: 'POST', path: `/images/${pathOf(source)}/tag?${query.toString()}` }, { task: 'image' });
  }

  /** Asks the engine to log in to a registry, without keeping anything. Source: Engine API, POST /auth. */
  async authenticate(login: { username: string; password: string; serveraddress: string }): Promise<void> {
    const body = JSON.stringify(login);
    const headers = { 'content-type': 'application/json' };
    await this.#whole(
      { method: 'POST', path: '/auth', headers, body },
      { task: 'login', hasLogin: true, secrets: [login.password] },
    );
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

  async *#transfer(
    path: string,
    request: TransferRequest,
    context: FailureContext,
  ): AsyncGenerator<EngineLine, void, undefined> {
    const headers = {
      'x-registry-auth': registryAuthHeader(request.auth satisfies EngineLogin | null | undefined),
      'user-agent': request.userAgent ?? 'waybill',
    };
    const answer = await this.#open({ method: 'POST', path, headers, signal: request.signal }, context);
    let concluded: boolean;
    try {
      concluded = yield* transferLines(this.#body(answer, request.signal), context);
    } finally {
      answer.destroy();
    }
    if (!concluded) throw engineLost('the stream ended without its closing line');
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
    const answer = await this.#open(
      { method: 'GET', path: `/events?${query.toString()}`, signal: options.signal },
      { task: 'engine' },
    );
    return this.#eventsOf(answer, options.signal);
  }

  async *#eventsOf(
    answer: IncomingMessage,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<EngineEvent, void, undefined> {
    try {
      for await (const raw of decodeJsonLines(this.#body(answer, signal))) yield toEngineEvent(raw);
    } finally {
      answer.destroy();
    }
  }

  /** The bytes of an answer, a break in them told as what it is: ours (the signal) or the engine's. */
  async *#body(answer: IncomingMessage, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* answer as AsyncIterable<Uint8Array>;
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw engineLost(error instanceof Error ? error.message : String(error), error);
    }
  }

  async #open(call: EngineRequest, context: FailureContext): Promise<IncomingMessage> {
    const path = `/v${await this.#apiVersion()}${call.path}`;
    const answer = await openCall(this.#target, { ...call, path });
    const status = answer.statusCode ?? 0;
    if (status < 400) return answer;
    let text: string;
    try {
      text = await readText(answer);
    } catch (error) {
      throw errorFromConnection(error, this.#target);
    }
    throw errorFromWords(messageOf(text), context, status);
  }

  async #json<T>(path: string, context: FailureContext): Promise<T> {
    return this.#parse<T>(await this.#whole({ method: 'GET', path }, context));
  }

  async #whole(call: EngineRequest, context: FailureContext): Promise<string> {
    return this.#checked({ ...call, path: `/v${await this.#apiVersion()}${call.path}` }, context);
  }

  async #rawVersion(): Promise<WireVersion> {
    return this.#parse<WireVersion>(await this.#checked({ method: 'GET', path: '/version' }, { task: 'engine' }));
  }

  async #checked(call: EngineRequest, context: FailureContext): Promise<string> {
    const { status, text } = await wholeCall(this.#target, call, this.#timeoutMs);
    if (status >= 400) throw errorFromWords(messageOf(text), context, status);
    return text;
  }

  #parse<T>(text: string): T {
    try {
      return JSON.parse(text) as T;
    } catch {
      throw errorFromWords(`no JSON: ${text.slice(0, 200)}`, { task: 'engine' });
    }
  }

  async #apiVersion(): Promise<string> {
    return (await (this.#negotiated ?? this.version())).negotiated;
  }
}

/** A reference or an id as it stands in a path: the slashes stay, nothing else can change the path's meaning. */
function pathOf(reference: string): string {
  return reference
    .split('/')
    .map((part) => (part === '.' || part === '..' ? part.replaceAll('.', '%2E') : encodeURIComponent(part)))
    .join('/');
}

function messageOf(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string')
      return value.message;
  } catch {
    // An answer that is no JSON is its own message: 20.10 and proxies in front of an engine answer in plain text.
  }
  return text;
}
