import type { IncomingHttpHeaders } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import { WaybillError, tokenPermissions, type Actor, type AuthMethod, type Permission } from '@waybill/contract';
import type { ActorContext } from '../common/actor-context.js';
import { newId } from '../common/ids.js';
import { Origins, type Remote } from './origins.js';
import { hasTokenInUrl, presentedIn } from './presented.js';
import { hashSecret } from './secrets.js';
import { confirmedUntil, isAlive, touchEveryMs } from './session-life.js';
import { SessionsRepository, type SessionRecord } from './sessions.repository.js';
import { TokensRepository, type TokenRecord } from './tokens.repository.js';
import { UsersRepository, type UserRecord } from './users.repository.js';

/** What is on record of a request beside who made it. */
export interface RequestFacts {
  requestId: string | null;
  ip: string | null;
  userAgent: string | null;
}

export const actorOf = (user: UserRecord): Actor => ({
  type: user.kind === 'service' ? 'service' : 'user',
  id: user.id,
  name: user.displayName,
});

/** The part of socket.io's handshake that is looked at. */
export interface Handshake {
  headers: IncomingHttpHeaders;
  address: string;
  url: string;
}

const longestUserAgent = 300;
export const userAgentIn = (headers: IncomingHttpHeaders): string | null =>
  headers['user-agent']?.slice(0, longestUserAgent) ?? null;

/** A user who came by the browser's door: by a session, or just now by password, link or setup code. */
export function sessionContext(
  user: UserRecord,
  facts: RequestFacts,
  session: { id: string; confirmedAt: Date | null } | null,
  authMethod: AuthMethod = 'session',
): ActorContext {
  return {
    actor: actorOf(user),
    username: user.username,
    role: user.role,
    permissions: user.permissions,
    door: 'browser',
    authMethod,
    sessionId: session?.id ?? null,
    tokenId: null,
    confirmedUntil: confirmedUntil(session?.confirmedAt ?? null, new Date()),
    ...facts,
  };
}

function tokenContext(user: UserRecord, facts: RequestFacts, token: TokenRecord): ActorContext {
  return {
    ...sessionContext(user, facts, null, 'token'),
    permissions: new Set(tokenPermissions(user.permissions, token.scopes)),
    door: 'api',
    tokenId: token.id,
  };
}

/** Who is it? The one answer for REST and for the websocket's handshake. */
@Injectable()
export class AccessService {
  private readonly logger = new Logger('Access');

  constructor(
    private readonly users: UsersRepository,
    private readonly sessions: SessionsRepository,
    private readonly tokens: TokensRepository,
    private readonly origins: Origins,
  ) {}

  /**
   * @returns null where nothing was shown, or a session's cookie that is over
   * @throws WaybillError `token.invalid` for a bearer token that is unknown, expired, revoked, or whose owner is disabled
   */
  async authenticate(headers: IncomingHttpHeaders, facts: RequestFacts): Promise<ActorContext | null> {
    const presented = presentedIn(headers);
    if (!presented) return null;
    const now = new Date();
    const by = { secretHash: hashSecret(presented.secret) };
    if (presented.kind === 'session') {
      const found = await this.sessions.findWithUser(by);
      if (!found || !mayEnter(found.user) || !isAlive(found.session, now)) return null;
      await this.touchSession(found.session, found.user, now);
      return sessionContext(found.user, facts, found.session);
    }
    const found = await this.tokens.findWithUser(by);
    if (!found || !mayEnter(found.user) || !isUsable(found.token, now)) {
      throw new WaybillError('token.invalid', 'Make a new token under Settings, Tokens, and use that.');
    }
    await this.touchToken(found.token, found.user, now);
    return tokenContext(found.user, facts, found.token);
  }

  /**
   * The same for a websocket, before it opens; browsers send the cookie from every site, so the origin is looked at too.
   * @throws WaybillError `auth.required`, `auth.origin`, `token.invalid`, `token.in_url`
   */
  async authenticateHandshake({ headers, address, url }: Handshake): Promise<ActorContext> {
    refuseTokenInUrl(url);
    const remote = this.origins.remoteOf(headers, address);
    this.refuseForeign(headers, remote);
    const who = await this.authenticate(headers, {
      requestId: newId(),
      ip: remote.ip,
      userAgent: userAgentIn(headers),
    });
    return who ?? refuseUnknown();
  }

  /** @throws WaybillError `auth.origin` where a cookie's rights would act for another site; a bearer token acts for nobody's site */
  refuseForeign(headers: IncomingHttpHeaders, remote: Remote): void {
    if (presentedIn(headers)?.kind === 'token' || this.origins.allowed(headers, remote)) return;
    throw new WaybillError(
      'auth.origin',
      'Use Waybill’s own page. If this was it, set WAYBILL_PUBLIC_URL to the address in the browser.',
    );
  }

  /** Whether who asked for something may do it still, by the session's user or by that token. Asked when queued work begins. */
  async stillMay(actor: Actor, tokenId: string | null, permission: Permission): Promise<boolean> {
    if (actor.type === 'system') return true;
    if (tokenId) {
      const found = await this.tokens.findWithUser({ id: tokenId });
      if (!found || found.user.id !== actor.id || !mayEnter(found.user) || !isUsable(found.token, new Date()))
        return false;
      return tokenPermissions(found.user.permissions, found.token.scopes).includes(permission);
    }
    const user = actor.id === null ? null : await this.users.find(actor.id);
    return user !== null && mayEnter(user) && user.permissions.has(permission);
  }

  /** What an account may at this moment: nothing while it is disabled; null where there is no such account. */
  async rightsOf(userId: string): Promise<Pick<UserRecord, 'role' | 'permissions'> | null> {
    const user = await this.users.find(userId);
    return user && { role: user.role, permissions: mayEnter(user) ? user.permissions : new Set() };
  }

  /** Whether what once came in still may, with the very rights that it had then. Asked by what stays open for long. */
  async stillValid(context: ActorContext): Promise<boolean> {
    if (context.actor.type === 'system') return true;
    const now = await this.refreshed(context);
    return now !== null && isSame(now.permissions, context.permissions);
  }

  /** The same session or token with the rights of this moment; null where it is over. */
  async refreshed(context: ActorContext): Promise<ActorContext | null> {
    const now = new Date();
    const { requestId, ip, userAgent } = context;
    if (context.tokenId) {
      const found = await this.tokens.findWithUser({ id: context.tokenId });
      const holds = found && mayEnter(found.user) && isUsable(found.token, now);
      return holds ? tokenContext(found.user, { requestId, ip, userAgent }, found.token) : null;
    }
    if (!context.sessionId) return null;
    const found = await this.sessions.findWithUser({ id: context.sessionId });
    const holds = found && mayEnter(found.user) && isAlive(found.session, now);
    return holds ? sessionContext(found.user, { requestId, ip, userAgent }, found.session) : null;
  }

  private async touchSession(session: SessionRecord, user: UserRecord, now: Date): Promise<void> {
    if (isRecent(session.lastSeenAt, now)) return;
    await this.quietly(this.sessions.touch(session.id, now));
    await this.touchUser(user, now);
  }

  private async touchToken(token: TokenRecord, user: UserRecord, now: Date): Promise<void> {
    if (isRecent(token.lastUsedAt, now)) return;
    await this.quietly(this.tokens.touch(token.id, now));
    await this.touchUser(user, now);
  }

  private async touchUser(user: UserRecord, now: Date): Promise<void> {
    if (!isRecent(user.lastSeenAt, now)) await this.quietly(this.users.touch(user.id, now));
  }

  /** A disk that is full must not keep people from reading. */
  private async quietly(write: Promise<void>): Promise<void> {
    try {
      await write;
    } catch (error) {
      this.logger.warn({ err: error }, 'A last-seen time could not be written');
    }
  }
}

const mayEnter = (user: UserRecord): boolean => !user.disabled;
const isUsable = (token: TokenRecord, now: Date): boolean =>
  token.revokedAt === null && (token.expiresAt === null || token.expiresAt > now);
const isRecent = (at: Date | null, now: Date): boolean => at !== null && now.getTime() - at.getTime() < touchEveryMs;
const isSame = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean =>
  one.size === other.size && [...one].every((permission) => other.has(permission));

/** @throws WaybillError `token.in_url` */
export function refuseTokenInUrl(url: string): void {
  if (!hasTokenInUrl(url)) return;
  throw new WaybillError(
    'token.in_url',
    'Send the token as “Authorization: Bearer wbt_…”. Revoke this one: logs may hold it.',
  );
}

/** @throws WaybillError `auth.required` */
export function refuseUnknown(): never {
  throw new WaybillError('auth.required', 'Log in, or send an API token as “Authorization: Bearer wbt_…”.');
}
