import http, { type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { WaybillError } from '@waybill/contract';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import { newId } from './ids.js';
import { problemOf, toProblem } from './problem.js';
import { proxyTrust } from './proxy-trust.js';
import { parseStrictJson } from './strict-json.js';

/** The largest JSON body: bytes. Streams have routes of their own. */
const bodyLimit = 1 << 20;
/** How long headers, and after them a body, may take to come: milliseconds. */
const slowest = { headers: 30_000, body: 60_000 };

/** What helmet says on every other answer; no hook runs for an address that can't be read. */
const forProblems = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** The HTTP server with its bounds: what is malformed, too large, too slow or of two meanings is refused before any route sees it. */
export function createHttpAdapter(
  { trustedProxies }: Pick<Config, 'trustedProxies'>,
  limits = slowest,
): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit,
    trustProxy: proxyTrust(trustedProxies),
    genReqId: () => newId(),
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 1024 },
    serverFactory: (handler: RequestListener) =>
      http.createServer(
        {
          maxHeaderSize: 16_384,
          headersTimeout: limits.headers,
          requestTimeout: 0,
          connectionsCheckingInterval: 5000,
          // Java's own client offers h2c with each request; only the live door's sockets are anything else than HTTP here.
          shouldUpgradeCallback: ({ url = '' }) => url.startsWith('/socket.io/'),
        },
        handler,
      ),
    clientErrorHandler: refuseBytes,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      const problem = toProblem(error, request.id);
      void reply.status(problem.status).headers(forProblems).type('application/problem+json').send(problem);
    },
  });
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      refuseCharset(request.headers['content-type']);
      done(null, parseStrictJson(Buffer.from(body)));
    } catch (error) {
      done(error instanceof Error ? error : new Error('The body cannot be read.'));
    }
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    endSlowBody(request, limits.body);
    done(ambiguity(request) ?? undefined);
  });
  return adapter;
}

/** A client that sends its body for ever, also one that was refused already, is cut. */
function endSlowBody({ raw }: FastifyRequest, ms: number): void {
  if (raw.headers['content-length'] === undefined && raw.headers['transfer-encoding'] === undefined) return;
  const timer = setTimeout(() => raw.socket.destroy(), ms).unref();
  raw.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
}

/** What a proxy before us could read in another way than we do (RFC 9112, 3.2), or no database can hold. */
function ambiguity({ raw }: FastifyRequest): WaybillError | null {
  const hosts = raw.rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length > 1) return new WaybillError('request.malformed', 'Send one Host header.');
  return /%00/.test(raw.url ?? '') ? new WaybillError('request.malformed', 'Send no NUL in the address.') : null;
}

function refuseCharset(type = ''): void {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(type)?.[1] ?? 'utf-8';
  if (!/^utf-?8$/i.test(charset)) throw new WaybillError('request.unsupported_type', 'Send the JSON in UTF-8.');
}

/** Answers what was no HTTP at all, too much of it, or too slow, and closes the connection. */
function refuseBytes(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { status, ...problem } = bytesProblem(error.code);
  const body = JSON.stringify({ ...problem, status });
  socket.end(
    [
      `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}`,
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
    () => socket.destroy(),
  );
}

function bytesProblem(code: string | undefined) {
  const id = newId();
  if (code === 'HPE_HEADER_OVERFLOW')
    return problemOf('request.too_large', id, 'Send an address and headers of at most 16 KiB.', { status: 431 });
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return problemOf('request.malformed', id, 'The request came too slowly.', { status: 408 });
  return problemOf('request.malformed', id, 'Send well-formed HTTP/1.1.');
}
