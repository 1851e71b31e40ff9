import type { IncomingMessage } from 'node:http';
import { engineLost, errorFromConnection, errorFromWords, type FailureContext } from '../errors/errors.js';
import type { EngineTarget } from '../host/engine-target.js';
import { negotiate } from './api-version.js';
import { openCall, readText, wholeCall, type EngineRequest } from './transport.js';
import type { WireVersion } from './wire.js';

/** What an engine says of its version, and what is spoken to it. */
export interface EngineVersion {
  readonly version: string;
  readonly apiVersion: string;
  readonly minApiVersion: string | null;
  /** The API version that is spoken from now on. */
  readonly negotiated: string;
}

/** Calls in the negotiated API version, their failures mapped. */
export class EngineCalls {
  readonly #target: EngineTarget;
  readonly #timeoutMs: number;
  #negotiated: Promise<EngineVersion> | undefined;

  constructor(target: EngineTarget, timeoutMs: number) {
    this.#target = target;
    this.#timeoutMs = timeoutMs;
  }

  async ping(timeoutMs: number = this.#timeoutMs, signal?: AbortSignal): Promise<void> {
    const { status, text } = await wholeCall(this.#target, { method: 'GET', path: '/_ping', signal }, timeoutMs);
    if (status !== 200) throw errorFromWords(messageOf(text), { task: 'engine' }, status);
  }

  /** Negotiates anew, for all calls from now on. Source: Engine API, GET /version. */
  negotiate(signal?: AbortSignal): Promise<EngineVersion> {
    const asked = this.#readVersion(signal);
    this.#negotiated = asked;
    asked.catch(() => {
      if (this.#negotiated === asked) this.#negotiated = undefined;
    });
    return asked;
  }

  async rawVersion(signal?: AbortSignal): Promise<WireVersion> {
    return parse<WireVersion>(await this.#checked({ method: 'GET', path: '/version', signal }, { task: 'engine' }));
  }

  /** The API version that is spoken; negotiated at the first call. */
  async apiVersion(): Promise<string> {
    return (await (this.#negotiated ?? this.negotiate())).negotiated;
  }

  async json<T>(path: string, context: FailureContext, signal?: AbortSignal): Promise<T> {
    return parse<T>(await this.whole({ method: 'GET', path, signal }, context));
  }

  /** @param timeoutMs instead of the client's own, for what may take long */
  async whole(call: EngineRequest, context: FailureContext, timeoutMs?: number): Promise<string> {
    return this.#checked({ ...call, path: `/v${await this.apiVersion()}${call.path}` }, context, timeoutMs);
  }

  /** The JSON of a call that changes something. */
  async changing<T>(call: EngineRequest, context: FailureContext, timeoutMs: number): Promise<T> {
    return parse<T>(await this.whole(call, context, timeoutMs));
  }

  /** Opens an answer that streams. What an HTTP error says is thrown; the body is the caller's, to be read with `bytes`. */
  async stream(call: EngineRequest, context: FailureContext): Promise<IncomingMessage> {
    const answer = await openCall(this.#target, { ...call, path: `/v${await this.apiVersion()}${call.path}` });
    const status = answer.statusCode ?? 0;
    if (status < 400) return answer;
    let text: string;
    try {
      text = await readText(answer);
    } catch (error) {
      if (call.signal?.aborted) throw call.signal.reason;
      throw errorFromConnection(error, this.#target);
    }
    throw errorFromWords(messageOf(text), context, status);
  }

  async #readVersion(signal: AbortSignal | undefined): Promise<EngineVersion> {
    const raw = await this.rawVersion(signal);
    return {
      version: raw.Version ?? '',
      apiVersion: raw.ApiVersion ?? '',
      minApiVersion: raw.MinAPIVersion ?? null,
      negotiated: negotiate(raw),
    };
  }

  async #checked(call: EngineRequest, context: FailureContext, timeoutMs = this.#timeoutMs): Promise<string> {
    const { status, text } = await wholeCall(this.#target, call, timeoutMs);
    if (status >= 400) throw errorFromWords(messageOf(text), context, status);
    return text;
  }
}

/** The bytes of an answer that streams, a break in them told as what it is: ours (the signal) or the engine's. */
export async function* bytesOf(
  answer: IncomingMessage,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* answer as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw engineLost(error instanceof Error ? error.message : String(error), error);
  }
}

function parse<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw errorFromWords(`no JSON: ${text.slice(0, 200)}`, { task: 'engine' });
  }
}

function messageOf(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string')
      return value.message;
  } catch {
    // An answer that is no JSON is its own message: proxies in front of an engine answer in plain text.
  }
  return text;
}
