import { Inject, Injectable } from '@nestjs/common';
import { Permission } from '@waybill/contract';
import type { Database, DatabaseClient } from '@waybill/database';
import { DATABASE } from '../database/database.module.js';
import { toUser, userColumns, type UserRecord } from './users.repository.js';

export interface TokenRecord {
  id: string;
  prefix: string;
  name: string;
  userId: string;
  scopes: Permission[];
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

const columns = {
  id: true,
  prefix: true,
  name: true,
  userId: true,
  scopes: true,
  createdAt: true,
  expiresAt: true,
  lastUsedAt: true,
  revokedAt: true,
} as const;

@Injectable()
export class TokensRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async findWithUser(
    by: { secretHash: string } | { id: string },
  ): Promise<{ token: TokenRecord; user: UserRecord } | null> {
    const row = await this.database.client.token.findUnique({
      where: by,
      select: { ...columns, user: { select: userColumns } },
    });
    if (!row) return null;
    const { user, ...token } = row;
    return { token: toToken(token), user: toUser(user) };
  }

  async find(id: string): Promise<TokenRecord | null> {
    const row = await this.database.client.token.findUnique({ where: { id }, select: columns });
    return row && toToken(row);
  }

  /** Newest first, revoked and expired ones too; `after` is the last id of the page before. */
  async page(userId: string, limit: number, after: string | null): Promise<TokenRecord[]> {
    const rows = await this.database.client.token.findMany({
      where: { userId, ...(after === null ? {} : { id: { lt: after } }) },
      orderBy: { id: 'desc' },
      take: limit,
      select: columns,
    });
    return rows.map(toToken);
  }

  async countUsable(userId: string): Promise<number> {
    return this.database.client.token.count({
      where: { userId, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] },
    });
  }

  /** Tokens that expired after `since` and up to `until`. */
  async expiredBetween(since: Date, until: Date): Promise<string[]> {
    const where = { revokedAt: null, expiresAt: { gt: since, lte: until } };
    const rows = await this.database.client.token.findMany({ where, select: { id: true } });
    return rows.map(({ id }) => id);
  }

  async create(token: TokenRecord & { secretHash: string }, client: DatabaseClient): Promise<void> {
    await client.token.create({ data: token });
  }

  async touch(id: string, at: Date): Promise<void> {
    await this.database.client.token.update({ where: { id }, data: { lastUsedAt: at } });
  }

  /** @returns whether it was there and not revoked yet */
  async revoke(id: string, at: Date, client: DatabaseClient): Promise<boolean> {
    const { count } = await client.token.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: at } });
    return count > 0;
  }

  async revokeAllOf(userId: string, at: Date, client: DatabaseClient): Promise<number> {
    const { count } = await client.token.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: at } });
    return count;
  }
}

/** A scope that this version does not know allows nothing and is not shown. */
function toToken<T extends { scopes: unknown }>(row: T): Omit<T, 'scopes'> & { scopes: Permission[] } {
  const stored = Array.isArray(row.scopes) ? row.scopes : [];
  return { ...row, scopes: stored.filter((scope): scope is Permission => Permission.safeParse(scope).success) };
}
