import { Inject, Injectable } from '@nestjs/common';
import type { AuditCheckpoint } from '@waybill/contract';
import type { Database } from '@waybill/database';
import { z } from 'zod';
import { DATABASE } from '../database/database.module.js';

const Peaks = z.array(z.string());
type Row = { size: bigint; at: Date; origin: string; note: string; verifierKey: string };

/** The one user of the table Checkpoint, which it only ever adds to. */
@Injectable()
export class CheckpointsRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async insert(checkpoint: AuditCheckpoint, peaks: string[]): Promise<void> {
    await this.database.client.checkpoint.create({ data: { ...checkpoint, size: BigInt(checkpoint.size), peaks } });
  }

  /** The newest one with the state of the tree. */
  async newest(): Promise<{ checkpoint: AuditCheckpoint; peaks: string[] } | null> {
    const row = await this.database.client.checkpoint.findFirst({ orderBy: { size: 'desc' } });
    return row && { checkpoint: checkpointOf(row), peaks: Peaks.parse(row.peaks) };
  }

  async find(size: number): Promise<AuditCheckpoint | null> {
    const row = await this.database.client.checkpoint.findUnique({ where: { size: BigInt(size) } });
    return row && checkpointOf(row);
  }

  /** The smallest one that signs for an event of this number. */
  async over(seq: number): Promise<AuditCheckpoint | null> {
    const row = await this.database.client.checkpoint.findFirst({
      where: { size: { gte: BigInt(seq) } },
      orderBy: { size: 'asc' },
    });
    return row && checkpointOf(row);
  }

  /** Newest first, below this size. */
  async page(below: number | null, limit: number): Promise<AuditCheckpoint[]> {
    const rows = await this.database.client.checkpoint.findMany({
      ...(below === null ? {} : { where: { size: { lt: BigInt(below) } } }),
      orderBy: { size: 'desc' },
      take: limit,
    });
    return rows.map(checkpointOf);
  }

  async all(): Promise<AuditCheckpoint[]> {
    return (await this.database.client.checkpoint.findMany({ orderBy: { size: 'asc' } })).map(checkpointOf);
  }
}

function checkpointOf({ size, at, origin, note, verifierKey }: Row): AuditCheckpoint {
  return { size: Number(size), at: at.toISOString(), origin, note, verifierKey };
}
