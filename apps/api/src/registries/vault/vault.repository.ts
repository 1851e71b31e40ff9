import { Inject, Injectable } from '@nestjs/common';
import type { Database, DatabaseClient } from '@waybill/database';
import type { Sealed } from '@waybill/registry';
import { DATABASE } from '../../database/database.module.js';

/** A sealed secret with where it belongs. */
export interface SealedCredential extends Sealed {
  id: string;
  registryId: string;
}

export interface NewCredential extends SealedCredential {
  username: string;
  isDefault: boolean;
  at: Date;
}

const sealedColumns = { id: true, registryId: true, ciphertext: true, nonce: true, keyId: true } as const;

/** The only one that reads and writes the secret columns. */
@Injectable()
export class VaultRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** With its user name and its registry's place, read at once: a secret must never be used at another address. */
  async find(
    id: string,
  ): Promise<(SealedCredential & { username: string; registry: { address: string; insecure: boolean } }) | null> {
    return this.database.client.credential.findUnique({
      where: { id },
      select: { ...sealedColumns, username: true, registry: { select: { address: true, insecure: true } } },
    });
  }

  async all(client: DatabaseClient = this.database.client): Promise<SealedCredential[]> {
    return client.credential.findMany({ select: sealedColumns, orderBy: { id: 'asc' } });
  }

  async create({ at, ...credential }: NewCredential, tx: DatabaseClient): Promise<void> {
    await tx.credential.create({ data: { ...credential, createdAt: at, updatedAt: at } });
  }

  async setSecret(id: string, { ciphertext, nonce, keyId }: Sealed, tx: DatabaseClient): Promise<void> {
    await tx.credential.update({ where: { id }, data: { ciphertext, nonce, keyId } });
  }
}
