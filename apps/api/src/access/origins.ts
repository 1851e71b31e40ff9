import type { IncomingHttpHeaders } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import proxyAddr from '@fastify/proxy-addr';
import { CONFIG, type Config } from '../config/config.js';

/** Whence and under which address a request reached us; forwarded headers are believed from trusted proxies alone. */
export interface Remote {
  ip: string | null;
  /** As in a Host header: name and, where it is not the scheme's own, port. */
  host: string;
  protocol: 'http' | 'https';
}

/** What is our own address, and what is another site's. */
@Injectable()
export class Origins {
  private readonly trusted: (address: string, hop: number) => boolean;
  private readonly publicOrigin: string | null;

  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'publicUrl' | 'trustedProxies'>) {
    this.trusted = proxyAddr.compile(config.trustedProxies);
    this.publicOrigin = config.publicUrl ? new URL(config.publicUrl).origin : null;
  }

  /** @param peer the address at the other end of the connection itself */
  remoteOf(headers: IncomingHttpHeaders, peer: string | undefined): Remote {
    const byProxy = peer !== undefined && this.trusted(peer, 0);
    const forwarded = (name: string) => (byProxy ? list(headers[name]).at(-1) : undefined);
    return {
      ip: peer === undefined ? null : this.clientOf(headers, peer),
      host: forwarded('x-forwarded-host') ?? headers.host ?? '',
      protocol: forwarded('x-forwarded-proto') === 'https' ? 'https' : 'http',
    };
  }

  /** The nearest address that is no trusted proxy. */
  private clientOf(headers: IncomingHttpHeaders, peer: string): string {
    const hops = [peer, ...list(headers['x-forwarded-for']).reverse()];
    const client = hops.find((hop, at) => !this.trusted(hop, at)) ?? hops.at(-1) ?? peer;
    return client.replace(/^::ffff:(?=\d+\.)/, '');
  }

  /**
   * Whether a request that would act with a cookie's rights comes from our own page. It is asked for every unsafe method
   * without a bearer token and for the websocket's handshake.
   *
   * Browsers always send Origin with those; so one without Origin and without Sec-Fetch-Site is no browser (curl with a
   * cookie jar) and carries nobody's rights but its caller's: it passes. `null` (sandboxed frames, files) never does.
   */
  allowed(headers: IncomingHttpHeaders, remote: Remote): boolean {
    const { origin } = headers;
    if (origin === undefined) {
      const site = headers['sec-fetch-site'];
      return site === undefined || site === 'same-origin';
    }
    if (origin === this.publicOrigin) return true;
    const from = URL.parse(origin);
    if (!from || from.origin !== origin || !/^https?:$/.test(from.protocol)) return false;
    // A proxy that ends TLS without being trusted leaves us thinking of http: then https is an honest origin all the same.
    if (remote.protocol === 'https' && from.protocol !== 'https:') return false;
    return URL.parse(`${from.protocol}//${remote.host}`)?.host === from.host;
  }

  /** Where people reach us, for links: the configured address, else the one that this request came by. */
  siteOf(remote: Remote): string {
    return this.config.publicUrl ?? `${remote.protocol}://${remote.host}`;
  }

  /** Whether the session's cookie may say Secure. */
  isSecure(remote: Remote): boolean {
    return remote.protocol === 'https' || (this.publicOrigin?.startsWith('https:') ?? false);
  }
}

function list(header: string | string[] | undefined): string[] {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '');
  return text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
}
