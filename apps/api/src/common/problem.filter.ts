import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toProblem } from './problem.js';

/** Makes every error an `application/problem+json` (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Problem');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = toProblem(error, request.id);
    if (problem.status >= 500 && problem.code === 'server.error')
      this.logger.error({ requestId: request.id, err: error });
    if (reply.sent) {
      reply.raw.destroy();
      return;
    }
    // Fastify would close the connection under a body that is still coming: a proxy then has a broken one instead of our answer.
    if (problem.code === 'request.too_large') void reply.removeHeader('connection');
    if (problem.retryAfter !== undefined) void reply.header('retry-after', String(problem.retryAfter));
    void reply.status(problem.status).type('application/problem+json').send(problem);
  }
}
