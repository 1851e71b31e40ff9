import { Inject, Injectable } from '@nestjs/common';
import type { Database, DatabaseClient } from '@waybill/database';
import { DATABASE } from '../database/database.module.js';
import { toUser, userColumns, type UserRecord } from './users.repository.js';

export type LinkPurpose = 'invitation' | 'reset';

export interface LinkRecord {
  id: string;
  purpose: LinkPurpose;
  expiresAt: Date;
}

@Injectable()
export class LinksRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** One that still works, with whose it is. */
  async findOpen(secretHash: string, now: Date): Promise<{ link: LinkRecord; user: UserRecord } | null> {
    const row = await this.database.client.link.findFirst({
      where: { secretHash, usedAt: null, expiresAt: { gt: now }, user: { disabledAt: null } },
      select: { id: true, purpose: true, expiresAt: true, user: { select: userColumns } },
    });
    if (!row) return null;
    return {
      link: { id: row.id, purpose: row.purpose === 'reset' ? 'reset' : 'invitation', expiresAt: row.expiresAt },
      user: toUser(row.user),
    };
  }

  /** The user's earlier links stop to work: only the newest that was handed out does. */
  async replace(
    link: LinkRecord & { userId: string; secretHash: string; createdAt: Date },
    client: DatabaseClient,
  ): Promise<void> {
    await client.link.deleteMany({ where: { userId: link.userId } });
    await client.link.create({ data: link });
  }

  /** @returns whether it was still open: of two who use it at once, one wins */
  async use(id: string, at: Date, client: DatabaseClient): Promise<boolean> {
    const { count } = await client.link.updateMany({
      where: { id, usedAt: null, expiresAt: { gt: at } },
      data: { usedAt: at },
    });
    return count > 0;
  }

  async removeAllOf(userId: string, client: DatabaseClient): Promise<void> {
    await client.link.deleteMany({ where: { userId } });
  }
}
