import { Injectable } from '@nestjs/common';
import { WaybillError } from '@waybill/contract';
import { isUniqueViolation, type DatabaseClient } from '@waybill/database';
import type { CredentialText } from './credential-text.js';
import { RegistriesRepository } from './registries.repository.js';
import { VaultRepository } from './vault/vault.repository.js';
import { VaultService } from './vault/vault.service.js';

/** Seals secrets into their rows, inside the transaction of whoever changes a registry. */
@Injectable()
export class CredentialWriter {
  constructor(
    private readonly registries: RegistriesRepository,
    private readonly rows: VaultRepository,
    private readonly vault: VaultService,
  ) {}

  /** @throws WaybillError credential.duplicate */
  async create(
    registryId: string,
    text: CredentialText,
    { id, isDefault }: { id: string; isDefault: boolean },
    tx: DatabaseClient,
  ): Promise<void> {
    const sealed = this.vault.seal(text.secret, { credentialId: id, registryId });
    await named(
      text.username,
      this.rows.create({ id, registryId, username: text.username, isDefault: false, at: new Date(), ...sealed }, tx),
    );
    if (isDefault) await this.registries.setDefault(registryId, id, tx);
  }

  /** @throws WaybillError credential.duplicate */
  async change(registryId: string, id: string, change: Partial<CredentialText>, tx: DatabaseClient): Promise<void> {
    const { username, secret } = change;
    await named(
      username,
      this.registries.updateCredential(
        id,
        { ...(username === undefined ? {} : { username }), updatedAt: new Date() },
        tx,
      ),
    );
    if (secret) await this.rows.setSecret(id, this.vault.seal(secret, { credentialId: id, registryId }), tx);
  }
}

async function named(username: string | undefined, write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new WaybillError(
      'credential.duplicate',
      `This registry has a login “${username}” already. Change that one.`,
      { cause: error },
    );
  }
}
