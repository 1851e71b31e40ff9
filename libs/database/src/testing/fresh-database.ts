import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, sharedTestWorld } from '@waybill/world';
import type { DatabaseKind, OpenOptions } from '../index.js';

/** Where a test's own empty database is, of either kind. */
export interface FreshDatabase {
  options: Pick<OpenOptions, 'url' | 'folder'>;
  remove(): Promise<void>;
}

export async function freshDatabase(kind: DatabaseKind): Promise<FreshDatabase> {
  if (kind === 'postgresql') {
    const world = await sharedTestWorld({ postgres: true });
    return { options: { url: await createDatabase(world.postgres.url) }, remove: () => Promise.resolve() };
  }
  const folder = await mkdtemp(join(tmpdir(), 'waybill-database-'));
  return { options: { folder }, remove: () => rm(folder, { recursive: true, force: true }) };
}
