import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseReference } from '@waybill/contract';
import { openDatabase } from '@waybill/database';
import { newVaultKey, parseVaultKeys } from '@waybill/registry';
import { sharedTestWorld, type SharedTestWorld } from '@waybill/world';
import { rotateVaultKey } from '../../commands/rotate-vault-key.js';
import { readConfig } from '../../config/config.js';
import { createTestApp, type TestApp } from '../../testing/create-test-app.js';
import { RegistriesService } from '../registries.service.js';
import { writeVaultKeyFile } from './vault-key-file.js';
import { VaultRepository } from './vault.repository.js';
import { VaultService } from './vault.service.js';

const secret = 'a secret to keep';
const environmentKey = `prod:${newVaultKey().key.toString('base64')}`;
let folder: string;
let world: SharedTestWorld;
let address: string;

const keyFile = () => join(folder, 'vault.key');
const start = (environment: Record<string, string> = {}) => createTestApp({ WAYBILL_DATA: folder, ...environment });
const config = (environment: Record<string, string> = {}) =>
  readConfig({ HOME: folder, WAYBILL_DATA: folder, WAYBILL_LOG_LEVEL: 'silent', ...environment });
async function opened(app: TestApp): Promise<string | undefined> {
  const registries = app.server.app.get(RegistriesService, { strict: false });
  const reference = parseReference(`${address}/a:1`);
  const { credential } = await registries.resolve(reference, undefined, 'pull');
  return (await registries.accessFor(reference, credential?.id ?? null, 'pull')).auth?.password;
}
async function startsWith(environment: Record<string, string> = {}): Promise<string | undefined> {
  const app = await start(environment);
  try {
    return await opened(app);
  } finally {
    await app.stop();
  }
}

/** A start that is refused ends its process; in here only what refuses it is run. */
async function withRows<T>(work: (rows: VaultRepository) => Promise<T>): Promise<T> {
  const database = await openDatabase({ folder });
  try {
    return await work(new VaultRepository(database));
  } finally {
    await database.close();
  }
}
const storedRows = () => withRows((rows) => rows.all());
const openVault = (vaultKey: string | null = null) =>
  withRows((rows) => VaultService.open({ dataFolder: folder, vaultKey }, rows));

beforeAll(async () => {
  world = await sharedTestWorld();
  address = world.registries.htpasswd.address;
  folder = await mkdtemp(join(tmpdir(), 'waybill-vault-'));
  const app = await start();
  const made = await app.asAdmin.post('/api/v1/registries', {
    name: 'r',
    address,
    insecure: true,
    username: 'ada',
    secret,
  });
  if (made.status !== 201) throw new Error(`The registry was not added: ${made.text}`);
  await app.stop();
});
afterAll(() => rm(folder, { recursive: true }));

describe('the vault', () => {
  it('opens again with its key after a restart', async () => {
    expect(await startsWith()).toBe(secret);
  });

  it('keeps the server from starting without its key or with another one, and changes nothing', async () => {
    const before = await storedRows();
    const key = await readFile(keyFile(), 'utf8');
    await rename(keyFile(), `${keyFile()}.away`);
    await expect(openVault()).rejects.toThrow(/key is missing and one registry password is stored/);
    expect(existsSync(keyFile())).toBe(false);
    await writeVaultKeyFile(folder, [newVaultKey()]);
    await expect(openVault()).rejects.toThrow(/does not start, because stored registry passwords cannot be opened/);
    const [right] = parseVaultKeys(key);
    await writeVaultKeyFile(folder, [{ id: right?.id ?? '', key: newVaultKey().key }]);
    await expect(openVault()).rejects.toThrow(/another key/);
    await writeFile(keyFile(), 'garbage');
    await expect(openVault()).rejects.toThrow(/cannot be used/);
    await expect(openVault('geheim')).rejects.toThrow(/WAYBILL_VAULT_KEY cannot be used/);
    await rename(`${keyFile()}.away`, keyFile());
    expect(await storedRows()).toEqual(before);
    expect(await startsWith()).toBe(secret);
  });
});

describe('the rotation of the vault’s key', () => {
  it('seals everything anew, retires the old key, and is on record', async () => {
    const [before] = parseVaultKeys(await readFile(keyFile(), 'utf8'));
    const rotation = await rotateVaultKey(config());
    expect(rotation).toMatchObject({ retired: [before?.id], credentials: 1, source: 'file' });
    expect(parseVaultKeys(await readFile(keyFile(), 'utf8')).map((one) => one.id)).toEqual([rotation.keyId]);
    const app = await start();
    try {
      expect(await opened(app)).toBe(secret);
      const { body } = await app.asAdmin.get('/api/v1/audit/events?action=vault.rotate');
      expect(body.items).toMatchObject([
        { actor: { type: 'system' }, outcome: 'succeeded', details: { keyId: rotation.keyId, retired: [before?.id] } },
      ]);
    } finally {
      await app.stop();
    }
  });

  it('can be taken up again after a crash on either side of the commit', async () => {
    const old = parseVaultKeys(await readFile(keyFile(), 'utf8'));
    await writeVaultKeyFile(folder, [newVaultKey(), ...old]);
    expect(await startsWith()).toBe(secret);
    const { keyId } = await rotateVaultKey(config());
    await writeVaultKeyFile(folder, [...parseVaultKeys(await readFile(keyFile(), 'utf8')), ...old]);
    expect(await startsWith()).toBe(secret);
    expect(keyId).not.toBe(old[0]?.id);
  });

  it('moves secrets to a key of the environment, which then suffices alone', async () => {
    const WAYBILL_VAULT_KEY = environmentKey;
    expect(await rotateVaultKey(config({ WAYBILL_VAULT_KEY }))).toMatchObject({
      keyId: 'prod',
      credentials: 1,
      source: 'environment',
    });
    await rm(keyFile());
    expect(await startsWith({ WAYBILL_VAULT_KEY })).toBe(secret);
    await expect(openVault()).rejects.toThrow(/key is missing/);
  });

  it('is refused while a server runs', async () => {
    const app = await start({ WAYBILL_VAULT_KEY: environmentKey });
    try {
      await expect(rotateVaultKey(config({ WAYBILL_VAULT_KEY: environmentKey }))).rejects.toThrow(
        /Another Waybill is running/,
      );
    } finally {
      await app.stop();
    }
  });
});
