import 'reflect-metadata';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import fastifyStatic from '@fastify/static';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { createHttpAdapter } from './common/http-adapter.js';
import { openApiDocument } from './common/openapi.js';
import { problemOf } from './common/problem.js';
import { serveReferencePage } from './common/reference-page.js';
import { answerWrongMethods } from './common/wrong-methods.js';
import type { Config } from './config/config.js';
import { LiveAdapter } from './live/live.adapter.js';
import { Metrics } from './metrics/metrics.service.js';
import { logRequests } from './common/request-log.js';
import { ServerLogger } from './common/server-logger.js';

const pageFolder = fileURLToPath(new URL('../../web/dist', import.meta.url));

export interface RunningServer {
  app: NestFastifyApplication;
  /** `http://host:port` where it listens. */
  url: string;
  close(): Promise<void>;
}

/** Boots the whole server. @throws Error with one readable sentence where it can't start */
export async function startServer(config: Config): Promise<RunningServer> {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of(config), createHttpAdapter(config), {
    // The adapter reads bodies itself, and JSON alone.
    bodyParser: false,
    // What fails until our own logger is there is told once, as a sentence, by whoever starts the server.
    logger: false,
    abortOnError: false,
  });
  const logger = app.get(ServerLogger);
  app.useLogger(logger);
  await app.register(fastifyCookie);
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        frameAncestors: ["'none'"],
        upgradeInsecureRequests: null,
      },
    },
    strictTransportSecurity: config.publicUrl?.startsWith('https:') ? { maxAge: 15_552_000 } : false,
  });
  const live = new LiveAdapter(app);
  app.useWebSocketAdapter(live);
  const document = openApiDocument(app);
  const fastify = app.getHttpAdapter().getInstance();
  logRequests(fastify, logger);
  app.get(Metrics).timeRequests(fastify);
  fastify.get('/api/v1/openapi.json', (_request, reply) => reply.send(document));
  answerWrongMethods(app, document);
  serveReferencePage(app);
  await servePage(app);
  app.enableShutdownHooks([]);
  await listen(app, config);
  const address = app.getHttpServer().address() as AddressInfo;
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    app,
    url: `http://${host}:${address.port}`,
    close: async () => {
      live.end();
      await app.close();
    },
  };
}

/** @throws Error with a sentence that says what to set */
async function listen(app: NestFastifyApplication, { host, port }: Config): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    const why = { EADDRINUSE: 'is taken', EACCES: 'needs more rights', EADDRNOTAVAIL: 'is not this machine’s' }[
      String(code)
    ];
    if (!why) throw error;
    throw new Error(`${host}:${port} ${why}. Set WAYBILL_HOST and WAYBILL_PORT to an address that is free.`, {
      cause: error,
    });
  }
}

/** The built page, with its own routes falling back to index.html; unknown API paths stay problems. */
async function servePage(app: NestFastifyApplication): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  const built = existsSync(pageFolder);
  if (built) {
    await app.register(fastifyStatic, {
      root: pageFolder,
      wildcard: false,
      immutable: true,
      maxAge: '30d',
      setHeaders: (reply, path) => {
        if (path.endsWith('index.html')) void reply.header('cache-control', 'no-cache');
      },
    });
  }
  // A route, since Nest sets the one not-found handler itself; what is no GET goes there and becomes a problem by the filter.
  fastify.get('/*', (request, reply) => {
    const isPage = built && !request.url.startsWith('/api/') && (request.headers.accept ?? '').includes('text/html');
    if (isPage)
      return reply.header('cache-control', 'no-cache').sendFile('index.html', { maxAge: 0, immutable: false });
    const problem = problemOf('route.not_found', request.id);
    return reply.status(404).type('application/problem+json').send(problem);
  });
}
