import type { IncomingHttpHeaders } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import { WaybillError, tokenPermissions, type Actor, type AuthMethod } from '@waybill/contract';
import type { ActorContext } from '../common/actor-context.js';
import { presentedIn } from './presented.js';
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
export class AuthenticationService {
  private readonly logger = new Logger('Access');

  constructor(
    private readonly users: UsersRepository,
    private readonly sessions: SessionsRepository,
    private readonly tokens: TokensRepository,
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
