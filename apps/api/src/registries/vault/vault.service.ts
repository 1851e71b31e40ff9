import { Vault, type Binding, type Sealed } from '@waybill/registry';
import { WaybillError } from '@waybill/contract';
import type { VaultRepository, SealedCredential } from './vault.repository.js';
import { VaultError, makeVaultKeyFile, readVaultKeys, type VaultPlace } from './vault-key-file.js';

/** A login with its secret. It lives as long as the call that it is for; it is never logged, stored or answered. */
export interface OpenedCredential {
  id: string;
  username: string;
  secret: string;
}

/** Secrets go in here and come out only for a call to their own registry. */
export class VaultService {
  private constructor(
    private readonly vault: Vault,
    private readonly repository: VaultRepository,
  ) {}

  /**
   * Opens the vault with the keys out of environment and file; at the very first start a key is made.
   * @throws VaultError where stored secrets don't open: the server must not start then, and nothing is changed
   */
  static async open(place: VaultPlace, repository: VaultRepository): Promise<VaultService> {
    const stored = await repository.all();
    let keys = await readVaultKeys(place);
    if (keys.length === 0) {
      if (stored.length > 0) throw new VaultError(lost(stored.length, place.dataFolder));
      keys = await makeVaultKeyFile(place.dataFolder);
    }
    const vault = new Vault(keys);
    proveKeys(vault, stored);
    return new VaultService(vault, repository);
  }

  seal(secret: string, binding: Binding): Sealed {
    return this.vault.seal(secret, binding);
  }

  /**
   * The secret for a call to this place; a credential whose registry has moved meanwhile is not found.
   * @throws WaybillError credential.not_found, vault.key_missing
   */
  async reveal(credentialId: string, place: { address: string; insecure: boolean }): Promise<OpenedCredential> {
    const found = await this.repository.find(credentialId);
    if (!found || found.registry.address !== place.address || found.registry.insecure !== place.insecure) {
      throw new WaybillError('credential.not_found', 'The login was removed meanwhile. Choose another one.');
    }
    const secret = this.vault.open(found, { credentialId, registryId: found.registryId });
    return { id: credentialId, username: found.username, secret };
  }
}

/** Opens each stored secret once. @throws VaultError */
export function proveKeys(vault: Vault, stored: readonly SealedCredential[]): void {
  for (const credential of stored) {
    try {
      vault.open(credential, { credentialId: credential.id, registryId: credential.registryId });
    } catch (error) {
      throw new VaultError(
        `Waybill does not start, because stored registry passwords cannot be opened. ${(error as Error).message} Nothing was changed.`,
      );
    }
  }
}

function lost(count: number, dataFolder: string): string {
  const passwords = count === 1 ? 'one registry password is' : `${count} registry passwords are`;
  return (
    `Waybill does not start, because the vault’s key is missing and ${passwords} stored under it. ` +
    `Bring vault.key back into ${dataFolder}, or set WAYBILL_VAULT_KEY. Nothing was changed.`
  );
}
