import { Inject, Injectable } from '@nestjs/common';
import { CheckResult, RateLimit, RegistryKind, type Realm } from '@waybill/contract';
import type { Database, DatabaseClient } from '@waybill/database';
import { DATABASE } from '../database/database.module.js';
import type { RegistryRecord } from './registry.types.js';

export type NewRegistry = Pick<RegistryRecord, 'id' | 'name' | 'address' | 'kind' | 'insecure' | 'createdAt'>;
type Place = Pick<RegistryRecord, 'id' | 'address' | 'insecure'>;
export type RegistryChange = Partial<Pick<RegistryRecord, 'name' | 'address' | 'kind' | 'insecure'>>;

const columns = {
  id: true,
  name: true,
  address: true,
  kind: true,
  insecure: true,
  realmUrl: true,
  realmService: true,
  lastCheck: true,
  rateLimit: true,
  createdAt: true,
  credentials: {
    select: { id: true, username: true, isDefault: true, createdAt: true, updatedAt: true, lastUsedAt: true },
    orderBy: { id: 'asc' },
  },
} as const;

interface Row extends Omit<RegistryRecord, 'kind' | 'realm' | 'lastCheck' | 'rateLimit'> {
  kind: string;
  realmUrl: string | null;
  realmService: string | null;
  lastCheck: unknown;
  rateLimit: unknown;
}

function toRecord({ kind, realmUrl, realmService, lastCheck, rateLimit, ...row }: Row): RegistryRecord {
  return {
    ...row,
    kind: RegistryKind.parse(kind),
    realm: realmUrl === null ? null : { url: realmUrl, service: realmService },
    // What an older version stored and this one can't read is as good as never seen.
    lastCheck: CheckResult.nullable().catch(null).parse(lastCheck),
    rateLimit: RateLimit.nullable().catch(null).parse(rateLimit),
  };
}

/** The tables of registries and, but for their secrets, of credentials. */
@Injectable()
export class RegistriesRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** In the order they were made; `after` is the last id of the page before. */
  async page(limit: number, after: string | null): Promise<RegistryRecord[]> {
    const where = after === null ? {} : { id: { gt: after } };
    const rows = await this.database.client.registry.findMany({
      where,
      orderBy: { id: 'asc' },
      take: limit,
      select: columns,
    });
    return rows.map(toRecord);
  }

  async all(): Promise<RegistryRecord[]> {
    const rows = await this.database.client.registry.findMany({ orderBy: { id: 'asc' }, select: columns });
    return rows.map(toRecord);
  }

  async find(id: string): Promise<RegistryRecord | null> {
    const row = await this.database.client.registry.findUnique({ where: { id }, select: columns });
    return row && toRecord(row);
  }

  async findByAddress(address: string): Promise<RegistryRecord | null> {
    const row = await this.database.client.registry.findUnique({ where: { address }, select: columns });
    return row && toRecord(row);
  }

  async create(registry: NewRegistry, tx: DatabaseClient): Promise<void> {
    await tx.registry.create({ data: registry });
  }

  async update(id: string, change: RegistryChange, tx: DatabaseClient): Promise<void> {
    await tx.registry.update({ where: { id }, data: change });
  }

  /** Another address is another registry: what was learned of the old one goes. */
  async forgetFindings(id: string, tx: DatabaseClient): Promise<void> {
    await tx.$executeRaw`UPDATE "Registry" SET "lastCheck" = NULL, "rateLimit" = NULL, "realmUrl" = NULL, "realmService" = NULL, "realmConfirmedAt" = NULL WHERE "id" = ${id}`;
  }

  async remove(id: string, tx: DatabaseClient): Promise<void> {
    await tx.credential.deleteMany({ where: { registryId: id } });
    await tx.registry.delete({ where: { id } });
  }

  async pinRealm(id: string, realm: Realm, tx: DatabaseClient): Promise<void> {
    const data = { realmUrl: realm.url, realmService: realm.service, realmConfirmedAt: new Date() };
    await tx.registry.update({ where: { id }, data });
  }

  /** Pins a realm that needs no person, unless one was pinned or the registry has moved meanwhile. */
  async pinFirstRealm({ id, address, insecure }: Place, realm: Realm): Promise<void> {
    const data = { realmUrl: realm.url, realmService: realm.service, realmConfirmedAt: new Date() };
    await this.database.client.registry.updateMany({ where: { id, address, insecure, realmUrl: null }, data });
  }

  /** Not where the registry has moved meanwhile: it was found out at another place. */
  async saveCheck({ id, address, insecure }: Place, lastCheck: CheckResult, tx: DatabaseClient): Promise<void> {
    await tx.registry.updateMany({ where: { id, address, insecure }, data: { lastCheck } });
  }

  async saveRateLimit(id: string, rateLimit: RateLimit): Promise<void> {
    await this.database.client.registry.updateMany({ where: { id }, data: { rateLimit } });
  }

  async touchCredential(id: string, at: Date): Promise<void> {
    await this.database.client.credential.updateMany({ where: { id }, data: { lastUsedAt: at } });
  }

  async updateCredential(
    id: string,
    change: { username?: string; updatedAt: Date },
    tx: DatabaseClient,
  ): Promise<void> {
    await tx.credential.update({ where: { id }, data: change });
  }

  /** One default for each registry. */
  async setDefault(registryId: string, credentialId: string, tx: DatabaseClient): Promise<void> {
    await tx.credential.updateMany({
      where: { registryId, isDefault: true, id: { not: credentialId } },
      data: { isDefault: false },
    });
    await tx.credential.update({ where: { id: credentialId }, data: { isDefault: true } });
  }

  async removeCredentials(ids: string[], tx: DatabaseClient): Promise<void> {
    await tx.credential.deleteMany({ where: { id: { in: ids } } });
  }
}
