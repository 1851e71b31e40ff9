import { chmod, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { SigningKey } from '@waybill/audit';
import { z } from 'zod';
import { newId } from '../common/ids.js';

const KeyFile = z.object({ v: z.literal(1), origin: z.string(), pem: z.string() });

/** Where the key is that signs checkpoints: not in the database, so that who changes the one has not the other. */
export const recordKeyFile = (dataFolder: string): string => join(dataFolder, 'record.key');

/**
 * Reads the key, or makes one (mode 0600) where there is none and nothing was signed yet.
 * @param origin of what was signed already
 * @throws Error with a sentence where the key is lost or belongs to another record
 */
export async function openRecordKey(dataFolder: string, origin: string | null): Promise<SigningKey> {
  const path = recordKeyFile(dataFolder);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) {
    if (origin !== null)
      throw new Error(
        `The record's key ${path} is missing. Put it back from your backup: the record's checkpoints are signed with it.`,
      );
    return makeRecordKey(path);
  }
  const file = KeyFile.parse(JSON.parse(text));
  if (origin !== null && origin !== file.origin)
    throw new Error(
      `The record's key ${path} belongs to another record (${file.origin}, not ${origin}). Put the right one back.`,
    );
  return SigningKey.fromPem(file.origin, file.pem);
}

async function makeRecordKey(path: string): Promise<SigningKey> {
  const key = SigningKey.generate(`waybill/${newId()}`);
  const fresh = `${path}.new`;
  const file = await open(fresh, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ v: 1, origin: key.name, pem: key.toPem() })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(fresh, 0o600);
  await rename(fresh, path);
  return key;
}
