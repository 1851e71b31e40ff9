import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Origins } from './origins.js';
import { sessionCookie } from './presented.js';
import { sessionWholeMs } from './session-life.js';

/**
 * Hands the browser its session. SameSite is Strict: the page is one document that asks for its data itself, so a link
 * from a chat still opens it logged in, and no request that another site begins ever carries the cookie. One name
 * everywhere, because `__Host-` would need https, which a first try on one's own machine has not.
 */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, origins: Origins, secret: string): void {
  const secure = origins.isSecure(origins.remoteOf(request.headers, request.raw.socket.remoteAddress));
  void reply.setCookie(sessionCookie, secret, {
    httpOnly: true,
    sameSite: 'strict',
    path: '/',
    secure,
    maxAge: sessionWholeMs / 1000,
  });
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply, origins: Origins): void {
  const secure = origins.isSecure(origins.remoteOf(request.headers, request.raw.socket.remoteAddress));
  void reply.clearCookie(sessionCookie, { httpOnly: true, sameSite: 'strict', path: '/', secure });
}
