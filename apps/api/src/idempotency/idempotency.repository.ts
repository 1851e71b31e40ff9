import { Inject, Injectable } from '@nestjs/common';
import { isUniqueViolation, type Database } from '@waybill/database';
import { newId } from '../common/ids.js';
import { DATABASE } from '../database/database.module.js';

/** What a key is kept by. */
export interface KeyPlace {
  actorId: string;
  route: string;
  key: string;
}
export interface KeptAnswer {
  bodyHash: string;
  /** Null while the first request runs, or where the server died under it. */
  status: number | null;
  response: unknown;
}

/** How long a key is remembered: milliseconds. */
const keptFor = 24 * 3600 * 1000;

/** The one user of the table IdempotencyKey. */
@Injectable()
export class IdempotencyRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Takes the key; answers with what is kept of it where somebody has it already. */
  async take(place: KeyPlace, bodyHash: string): Promise<KeptAnswer | null> {
    const now = new Date();
    await this.database.client.idempotencyKey.deleteMany({ where: { expiresAt: { lt: now } } });
    try {
      await this.database.client.idempotencyKey.create({
        data: { id: newId(), ...place, bodyHash, createdAt: now, expiresAt: new Date(now.getTime() + keptFor) },
      });
      return null;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const row = await this.database.client.idempotencyKey.findUniqueOrThrow({ where: { actorId_route_key: place } });
      return { bodyHash: row.bodyHash, status: row.status, response: row.response };
    }
  }

  /** @param response null where it holds a secret and is not kept */
  async keep(place: KeyPlace, status: number, response: object | null): Promise<void> {
    await this.database.client.idempotencyKey.update({
      where: { actorId_route_key: place },
      data: { status, ...(response ? { response } : {}) },
    });
  }

  /** Nothing was done: the key is free again. */
  async release(place: KeyPlace): Promise<void> {
    await this.database.client.idempotencyKey.deleteMany({ where: place });
  }
}
