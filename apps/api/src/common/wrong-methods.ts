import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { problemOf } from './problem.js';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** An address that is there, asked by a method that it doesn't take, answers 405 and says which it takes (RFC 9110, 15.5.6). */
export function answerWrongMethods(app: NestFastifyApplication, { paths }: OpenAPIObject): void {
  const fastify = app.getHttpAdapter().getInstance();
  const known = Object.entries(paths).map(([path, item]) => ({
    path,
    takes: methods.filter((method) => method.toLowerCase() in item),
  }));
  for (const { path, takes } of known) {
    const others = known.filter((one) => one.path !== path && covers(one.path, path)).flatMap((one) => one.takes);
    const allow = methods.filter((method) => takes.includes(method) || others.includes(method));
    const wrong = methods.filter((method) => !allow.includes(method));
    fastify.route({
      method: [...wrong],
      url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: (request, reply) =>
        reply
          .status(405)
          .header('allow', (allow.includes('GET') ? ['HEAD', ...allow] : allow).join(', '))
          .type('application/problem+json')
          .send(problemOf('method.not_allowed', request.id)),
    });
  }
}

/** Whether each part of a path is the same in another, or a parameter there: `images/pull` is an image's name too. */
function covers(pattern: string, path: string): boolean {
  const [wide, narrow] = [pattern.split('/'), path.split('/')];
  return wide.length === narrow.length && wide.every((part, at) => part.startsWith('{') || part === narrow[at]);
}
