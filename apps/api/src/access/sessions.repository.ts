import { Inject, Injectable } from '@nestjs/common';
import type { Database, DatabaseClient } from '@waybill/database';
import { DATABASE } from '../database/database.module.js';
import { toUser, userColumns, type UserRecord } from './users.repository.js';

export interface SessionRecord {
  id: string;
  userId: string;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
  confirmedAt: Date | null;
  revokedAt: Date | null;
  ip: string | null;
  userAgent: string | null;
}

const columns = {
  id: true,
  userId: true,
  createdAt: true,
  lastSeenAt: true,
  expiresAt: true,
  confirmedAt: true,
  revokedAt: true,
  ip: true,
  userAgent: true,
} as const;

@Injectable()
export class SessionsRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async findWithUser(
    by: { secretHash: string } | { id: string },
  ): Promise<{ session: SessionRecord; user: UserRecord } | null> {
    const row = await this.database.client.session.findUnique({
      where: by,
      select: { ...columns, user: { select: userColumns } },
    });
    if (!row) return null;
    const { user, ...session } = row;
    return { session, user: toUser(user) };
  }

  /** A user's sessions that were not revoked, newest first. Idle ones are among them. */
  async listOf(userId: string, limit: number): Promise<SessionRecord[]> {
    return this.database.client.session.findMany({
      where: { userId, revokedAt: null, expiresAt: { gt: new Date() } },
      orderBy: { id: 'desc' },
      take: limit,
      select: columns,
    });
  }

  async create(
    session: Omit<SessionRecord, 'revokedAt'> & { secretHash: string },
    client: DatabaseClient,
  ): Promise<void> {
    await client.session.create({ data: session });
  }

  async touch(id: string, at: Date): Promise<void> {
    await this.database.client.session.update({ where: { id }, data: { lastSeenAt: at } });
  }

  async confirm(id: string, at: Date, client: DatabaseClient): Promise<void> {
    await client.session.update({ where: { id }, data: { confirmedAt: at } });
  }

  /** @returns whether it was there and not revoked yet */
  async revoke(id: string, at: Date, client: DatabaseClient): Promise<boolean> {
    const { count } = await client.session.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: at } });
    return count > 0;
  }

  /** Revokes a user's sessions, all or all but one. @returns the ids of those that were revoked by this */
  async revokeAllOf(userId: string, at: Date, client: DatabaseClient, except: string | null = null): Promise<string[]> {
    const where = { userId, revokedAt: null, ...(except === null ? {} : { id: { not: except } }) };
    const ended = await client.session.findMany({ where, select: { id: true } });
    await client.session.updateMany({ where, data: { revokedAt: at } });
    return ended.map(({ id }) => id);
  }

  /** Sessions that came to their end by themselves after `since` and up to `until`. */
  async endedBetween(since: Date, until: Date, idleMs: number): Promise<string[]> {
    const idle = (at: Date) => new Date(at.getTime() - idleMs);
    const rows = await this.database.client.session.findMany({
      where: {
        revokedAt: null,
        OR: [{ expiresAt: { gt: since, lte: until } }, { lastSeenAt: { gt: idle(since), lte: idle(until) } }],
      },
      select: { id: true },
    });
    return rows.map(({ id }) => id);
  }

  /** Takes out rows that have been of no use since before `before`. */
  async purge(before: Date): Promise<void> {
    await this.database.client.session.deleteMany({
      where: { OR: [{ expiresAt: { lt: before } }, { revokedAt: { lt: before } }] },
    });
  }
}
