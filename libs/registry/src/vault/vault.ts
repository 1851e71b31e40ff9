import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { WaybillError } from '@waybill/contract';

export interface VaultKey {
  id: string;
  /** 32 bytes. */
  key: Buffer;
}

/** As it is stored; base64. The tag stands at the end of the ciphertext. */
export interface Sealed {
  ciphertext: string;
  nonce: string;
  keyId: string;
}

/** What a secret belongs to: moved to another row, a ciphertext opens no more. */
export interface Binding {
  credentialId: string;
  registryId: string;
}

const tagBytes = 16;
const nonceBytes = 12;

/** AES-256-GCM under the first of its keys; the others only open what they sealed before a rotation. */
export class Vault {
  readonly #keys: Map<string, Buffer>;
  readonly #current: VaultKey;

  constructor(keys: readonly VaultKey[]) {
    const [current] = keys;
    if (!current) throw new WaybillError('vault.key_missing', 'The vault has no key.');
    this.#current = current;
    this.#keys = new Map(keys.map(({ id, key }) => [id, key]));
  }

  get currentKeyId(): string {
    return this.#current.id;
  }

  has(keyId: string): boolean {
    return this.#keys.has(keyId);
  }

  seal(secret: string, binding: Binding): Sealed {
    const { id, key } = this.#current;
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(additionalData(binding, id));
    const ciphertext = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return { ciphertext: ciphertext.toString('base64'), nonce: nonce.toString('base64'), keyId: id };
  }

  /** @throws WaybillError vault.key_missing where the key is not there, is another one, or the row was tampered with */
  open(sealed: Sealed, binding: Binding): string {
    const key = this.#keys.get(sealed.keyId);
    if (!key)
      throw new WaybillError(
        'vault.key_missing',
        `The vault’s key “${sealed.keyId}” is missing. Bring it back, or enter the password again.`,
      );
    const bytes = Buffer.from(sealed.ciphertext, 'base64');
    const nonce = Buffer.from(sealed.nonce, 'base64');
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
      decipher.setAAD(additionalData(binding, sealed.keyId));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]).toString('utf8');
    } catch {
      throw new WaybillError(
        'vault.key_missing',
        `The vault’s key “${sealed.keyId}” does not open this secret: it is another key, or the stored secret was changed.`,
      );
    }
  }
}

function additionalData(binding: Binding, keyId: string): Buffer {
  return Buffer.from(JSON.stringify(['waybill.vault.v1', binding.credentialId, binding.registryId, keyId]), 'utf8');
}
