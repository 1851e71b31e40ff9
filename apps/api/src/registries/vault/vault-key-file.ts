import { existsSync } from 'node:fs';
import { chmod, mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatVaultKeys, newVaultKey, parseVaultKeys, type VaultKey } from '@waybill/registry';

/** The vault cannot be opened, and so the server does not start. Its message is a sentence for the operator and holds no key. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
}

export interface VaultPlace {
  dataFolder: string;
  /** WAYBILL_VAULT_KEY. */
  vaultKey: string | null;
}

function vaultKeyFile(dataFolder: string): string {
  return join(dataFolder, 'vault.key');
}

/** Keys out of the environment come first, then those of the file: so secrets can move from one to the other by a rotation. */
export async function readVaultKeys({ dataFolder, vaultKey }: VaultPlace): Promise<VaultKey[]> {
  const given = vaultKey === null ? [] : parsed(vaultKey, 'WAYBILL_VAULT_KEY');
  const file = vaultKeyFile(dataFolder);
  if (!existsSync(file)) return given;
  const known = new Set(given.map((one) => one.id));
  const stored = parsed(await readFile(file, 'utf8'), file).filter((one) => !known.has(one.id));
  if ((await stat(file)).mode & 0o077) await chmod(file, 0o600).catch(() => undefined);
  return [...given, ...stored];
}

function parsed(text: string, where: string): VaultKey[] {
  try {
    return parseVaultKeys(text);
  } catch (error) {
    throw new VaultError(
      `The vault’s key in ${where} cannot be used: ${(error as Error).message}. Bring the right one back.`,
    );
  }
}

export async function makeVaultKeyFile(dataFolder: string): Promise<VaultKey[]> {
  const keys = [newVaultKey()];
  await writeVaultKeyFile(dataFolder, keys);
  return keys;
}

/** Mode 0600, and on the disk before it takes the old one's place: a crash leaves either the old file or the new one. */
export async function writeVaultKeyFile(dataFolder: string, keys: readonly VaultKey[]): Promise<void> {
  await mkdir(dataFolder, { recursive: true });
  const file = vaultKeyFile(dataFolder);
  const temporary = `${file}.new`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.chmod(0o600);
    await handle.writeFile(formatVaultKeys(keys));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
