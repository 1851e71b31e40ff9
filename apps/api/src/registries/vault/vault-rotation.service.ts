import { Inject, Injectable } from '@nestjs/common';
import { Vault, newVaultKey, type VaultKey } from '@waybill/registry';
import { Record } from '../../audit/record.service.js';
import { draftOf, systemContext } from '../../common/actor-context.js';
import { CONFIG, type Config } from '../../config/config.js';
import { VaultError, readVaultKeys, writeVaultKeyFile } from './vault-key-file.js';
import { VaultRepository } from './vault.repository.js';
import { proveKeys } from './vault.service.js';

export interface Rotation {
  /** The id of the key that all secrets are sealed under now. */
  keyId: string;
  /** Ids of keys that are used no more. */
  retired: string[];
  credentials: number;
  /** Where the key is kept: with `environment` its owner takes the retired keys out of WAYBILL_VAULT_KEY. */
  source: 'file' | 'environment';
}

/**
 * Seals all stored secrets anew under a fresh key (of the file) or under the first one of WAYBILL_VAULT_KEY. At any crash
 * the keys that are on disk open what is stored: the fresh key is written before a row changes, the old one goes after all
 * have changed.
 */
@Injectable()
export class VaultRotation {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly repository: VaultRepository,
    private readonly record: Record,
  ) {}

  /** @throws VaultError where a stored secret does not open; nothing is changed then */
  async rotate(): Promise<Rotation> {
    const { dataFolder, vaultKey } = this.config;
    const known = await readVaultKeys(this.config);
    if (known.length === 0) throw new VaultError('The vault has no key yet. Start Waybill once: it makes one.');
    proveKeys(new Vault(known), await this.repository.all());
    const fromEnvironment = vaultKey !== null;
    const keys: VaultKey[] = fromEnvironment ? known : [newVaultKey(), ...known];
    if (!fromEnvironment) await writeVaultKeyFile(dataFolder, keys);
    const vault = new Vault(keys);
    const keyId = vault.currentKeyId;
    const retired = known.map((one) => one.id).filter((id) => id !== keyId);
    const draft = draftOf(systemContext, {
      action: 'vault.rotate',
      phase: 'outcome',
      outcome: 'succeeded',
      subject: { type: 'vault', id: keyId },
      details: { keyId, retired },
    });
    const { value: credentials } = await this.record.appendWith([draft], async (tx) => {
      const stored = (await this.repository.all(tx)).filter((one) => one.keyId !== keyId);
      for (const credential of stored) {
        const binding = { credentialId: credential.id, registryId: credential.registryId };
        await this.repository.setSecret(credential.id, vault.seal(vault.open(credential, binding), binding), tx);
      }
      return stored.length;
    });
    if (!fromEnvironment) await writeVaultKeyFile(dataFolder, keys.slice(0, 1));
    return { keyId, retired, credentials, source: fromEnvironment ? 'environment' : 'file' };
  }
}
