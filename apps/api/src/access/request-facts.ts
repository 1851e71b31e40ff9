import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { userAgentIn, type RequestFacts } from './access.service.js';

/** What is put on record of a request. Fastify's `ip` follows the trusted proxies. */
export function factsOf(request: FastifyRequest): RequestFacts {
  return {
    requestId: request.id,
    ip: request.ip?.replace(/^::ffff:(?=\d+\.)/, '') ?? null,
    userAgent: userAgentIn(request.headers),
  };
}

/** The RequestFacts of a public route, where nobody is known yet. */
export const Facts = createParamDecorator((_: unknown, context: ExecutionContext): RequestFacts =>
  factsOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
