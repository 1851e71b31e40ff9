import { Agent, request } from 'undici';
import { WaybillError } from '@waybill/contract';
import { connectionFailure } from './failures.js';
import { guardedConnector, type GuardOptions } from './guard.js';

export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  /** Where the answer came from, after redirects. */
  url: string;
}

export interface Ask {
  method?: 'GET' | 'HEAD';
  url: string;
  headers?: Record<string, string>;
  /** The Authorization header. It goes to the host of `url` alone, never along with a redirect to another one. */
  authorization?: string | undefined;
}

export type RegistryHttpOptions = Partial<GuardOptions> & { maxBodyBytes?: number };

const maxRedirects = 3;
const defaultTimeoutMs = 10_000;
const defaultMaxBodyBytes = 4 * 1024 * 1024;
const userAgent = 'waybill/0.1';

/** HTTP to registries and their login servers: guarded addresses, few redirects, a time limit and a bound on the body. */
export class RegistryHttp {
  readonly #agent: Agent;
  readonly #timeoutMs: number;
  readonly #maxBodyBytes: number;

  constructor(options: RegistryHttpOptions = {}) {
    this.#timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    this.#maxBodyBytes = options.maxBodyBytes ?? defaultMaxBodyBytes;
    this.#agent = new Agent({
      connect: guardedConnector({ ...options, timeoutMs: this.#timeoutMs }),
      headersTimeout: this.#timeoutMs,
      bodyTimeout: this.#timeoutMs,
      keepAliveTimeout: 5_000,
    });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  /**
   * One exchange, redirects followed; every status is an answer.
   * @throws WaybillError registry.{host_not_found, unreachable, certificate, timeout, connection_lost, address_refused, not_a_registry}
   */
  async send(ask: Ask): Promise<Answer> {
    const signal = AbortSignal.timeout(this.#timeoutMs);
    let url = new URL(ask.url);
    for (let redirects = 0; ; redirects += 1) {
      const answer = await this.#once(ask, url, signal);
      const location = answer.headers['location'];
      if (![301, 302, 303, 307, 308].includes(answer.status) || typeof location !== 'string') return answer;
      if (redirects === maxRedirects) throw notARegistry(url, 'it redirects again and again');
      url = nextUrl(location, url);
    }
  }

  async #once(ask: Ask, url: URL, signal: AbortSignal): Promise<Answer> {
    const sameHost = url.origin === new URL(ask.url).origin;
    const headers = {
      'user-agent': userAgent,
      ...ask.headers,
      ...(ask.authorization && sameHost ? { authorization: ask.authorization } : {}),
    };
    try {
      const answer = await request(url, { method: ask.method ?? 'GET', headers, dispatcher: this.#agent, signal });
      const chunks: Buffer[] = [];
      let length = 0;
      for await (const chunk of answer.body) {
        length += (chunk as Buffer).length;
        if (length > this.#maxBodyBytes) throw notARegistry(url, 'its answer is too large');
        chunks.push(chunk as Buffer);
      }
      return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks), url: url.href };
    } catch (error) {
      throw connectionFailure(error, url.host);
    }
  }
}

function nextUrl(location: string, from: URL): URL {
  const next = URL.canParse(location, from.href) ? new URL(location, from) : null;
  if (!next || !/^https?:$/.test(next.protocol)) throw notARegistry(from, 'it redirects to what is not a web address');
  if (from.protocol === 'https:' && next.protocol === 'http:')
    throw notARegistry(from, 'it redirects from TLS to plain http');
  next.username = '';
  next.password = '';
  return next;
}

function notARegistry(url: URL, why: string): WaybillError {
  return new WaybillError('registry.not_a_registry', `There is no registry at “${url.host}”: ${why}.`);
}

/** Name and password in UTF-8. Source: RFC 7617. */
export function basicAuthorization(credential: { username: string; secret: string }): string {
  return `Basic ${Buffer.from(`${credential.username}:${credential.secret}`, 'utf8').toString('base64')}`;
}

export function headerText(answer: Answer, name: string): string | null {
  const value = answer.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}
