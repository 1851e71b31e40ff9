import type { IncomingHttpHeaders } from 'node:http';

export const sessionCookie = 'waybill_session';

/** What a request shows to say who it is. */
export type Presented = { kind: 'token' | 'session'; secret: string };

/**
 * Reads it from the headers. Where a bearer token and a cookie both come, the token alone counts: what was asked for
 * explicitly is never widened, or replaced once it has expired, by what a browser adds by itself. Other schemes (the
 * Basic login of a proxy before us) are not ours and are passed over.
 */
export function presentedIn(headers: IncomingHttpHeaders): Presented | null {
  const bearer = /^Bearer(?: +(.*))?$/i.exec(headers.authorization ?? '');
  if (bearer) return { kind: 'token', secret: bearer[1]?.trim() ?? '' };
  const cookie = /(?:^|; *)waybill_session=([\w-]+)/.exec(headers.cookie ?? '')?.[1];
  return cookie ? { kind: 'session', secret: cookie } : null;
}

/** Whether an address holds what must never stand in one, because logs and histories keep addresses. */
export function hasTokenInUrl(url: string): boolean {
  const query = url.indexOf('?');
  if (/wbt_[0-9A-Za-z]{20}/.test(url)) return true;
  if (query < 0) return false;
  const names = new URLSearchParams(url.slice(query + 1));
  return names.has('token') || names.has('access_token');
}
