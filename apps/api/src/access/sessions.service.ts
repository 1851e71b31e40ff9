import { Injectable } from '@nestjs/common';
import {
  WaybillError,
  permissions,
  type AuditDraft,
  type List,
  type Session,
  type SessionState,
} from '@waybill/contract';
import type { DatabaseClient } from '@waybill/database';
import { Record } from '../audit/record.service.js';
import type { ActorContext } from '../common/actor-context.js';
import { newId } from '../common/ids.js';
import { AccessEvents } from './access.events.js';
import type { RequestFacts } from './access.service.js';
import { peopleDraft } from './people-drafts.js';
import { hashSecret, newSecret } from './secrets.js';
import { endOf, isAlive, sessionWholeMs } from './session-life.js';
import { SessionsRepository, type SessionRecord } from './sessions.repository.js';
import { UsersRepository } from './users.repository.js';

/** A session that is about to be written, with the secret that its cookie will hold. */
export interface NewSession extends Omit<SessionRecord, 'revokedAt'> {
  secret: string;
}

const mostListed = 200;

@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly users: UsersRepository,
    private readonly record: Record,
    private readonly events: AccessEvents,
  ) {}

  /** Makes a session, not stored yet: `store` it in the transaction that puts its beginning on record. */
  fresh(userId: string, { ip, userAgent }: RequestFacts): NewSession {
    const now = new Date();
    const expiresAt = new Date(now.getTime() + sessionWholeMs);
    return {
      id: newId(),
      secret: newSecret(),
      userId,
      createdAt: now,
      lastSeenAt: now,
      confirmedAt: now,
      expiresAt,
      ip,
      userAgent,
    };
  }

  async store({ secret, ...session }: NewSession, client: DatabaseClient): Promise<void> {
    await this.sessions.create({ ...session, secretHash: hashSecret(secret) }, client);
    await this.users.touch(session.userId, session.createdAt, client);
  }

  /** @param who a session or a token of a user */
  async stateOf(who: ActorContext): Promise<SessionState> {
    const user = who.actor.id === null ? null : await this.users.find(who.actor.id);
    const id = who.sessionId ?? who.tokenId;
    if (!user || !id) throw new WaybillError('auth.required', 'Log in again.');
    const { username, displayName, kind, role } = user;
    return {
      user: { id: user.id, username, displayName, kind, role },
      permissions: permissions.filter((permission) => who.permissions.has(permission)),
      via: { method: who.tokenId ? 'token' : 'session', id },
      confirmedUntil: who.confirmedUntil?.toISOString() ?? null,
    };
  }

  async list(who: ActorContext): Promise<List<Session>> {
    const now = new Date();
    const found = await this.sessions.listOf(userOf(who), mostListed);
    const items = found.filter((session) => isAlive(session, now)).map((session) => toSession(session, who.sessionId));
    return { items, nextCursor: null };
  }

  async logOut(who: ActorContext): Promise<void> {
    const id = who.sessionId ?? '';
    await this.end(id, peopleDraft(who, 'session.logout', { subject: { type: 'session', id } }));
  }

  /** Ends one of one's own sessions. @throws WaybillError `session.not_found` for others' as for none */
  async revoke(who: ActorContext, id: string): Promise<void> {
    const found = await this.sessions.findWithUser({ id });
    if (!found || found.user.id !== userOf(who) || found.session.revokedAt) throw noSession();
    await this.end(id, peopleDraft(who, 'session.revoke', { subject: { type: 'session', id } }));
  }

  private async end(id: string, draft: AuditDraft): Promise<void> {
    await this.record.appendWith([draft], async (client) => {
      if (!(await this.sessions.revoke(id, new Date(), client))) throw noSession();
    });
    this.events.emit('ended', { sessionId: id, reason: 'session_ended' });
  }
}

/** The user behind a context that the guard let through as logged in. */
export function userOf(who: ActorContext): string {
  if (who.actor.id === null) throw new WaybillError('auth.required', 'Log in first.');
  return who.actor.id;
}

const noSession = () =>
  new WaybillError('session.not_found', 'Look at the list of sessions: it may have ended by itself.');

function toSession(session: SessionRecord, current: string | null): Session {
  return {
    id: session.id,
    createdAt: session.createdAt.toISOString(),
    lastSeenAt: session.lastSeenAt.toISOString(),
    expiresAt: endOf(session).toISOString(),
    ip: session.ip,
    userAgent: session.userAgent,
    current: session.id === current,
  };
}
