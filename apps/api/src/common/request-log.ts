import type { FastifyInstance } from 'fastify';
import type { ServerLogger } from './server-logger.js';

/** Not told: the page's own files, and who asks every few seconds whether we live. */
const untold = /^\/(assets\/|api\/v1\/(health|ready)$)/;

/** An API token that one pasted into the address by mistake. */
const token = /wbt_\w+/g;

/** One line for each request, without its query (a query may hold what one pasted by mistake): debug, or error from 500 on. */
export function logRequests(fastify: FastifyInstance, logger: ServerLogger): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const path = (request.url.split('?')[0] ?? '').replaceAll(token, 'wbt_[hidden]');
    if (!untold.test(path)) {
      const line = {
        requestId: request.id,
        method: request.method,
        path,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        actor: request.actorContext?.actor.id ?? null,
      };
      logger[reply.statusCode >= 500 ? 'error' : 'debug'](line, 'Request');
    }
    done();
  });
}
