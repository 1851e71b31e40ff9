import 'reflect-metadata';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CONFIG, type Config } from '../config/config.js';
import { DatabaseModule } from '../database/database.module.js';
import { VaultRotationModule } from '../registries/vault/vault-rotation.module.js';
import { VaultRotation, type Rotation } from '../registries/vault/vault-rotation.service.js';

class ConfigOfCommand {}
class CommandModule {}

/** What a command needs of the server: its configuration, its database with the lock, and the record. */
function commandModule(config: Config): DynamicModule {
  const configuration = {
    module: ConfigOfCommand,
    global: true,
    providers: [{ provide: CONFIG, useValue: config }],
    exports: [CONFIG],
  };
  return { module: CommandModule, imports: [configuration, DatabaseModule, VaultRotationModule] };
}

/**
 * Rotates the vault's key while no server runs: the lock on the database is taken, so a running one makes this fail.
 * @throws VaultError, DatabaseError: each with a sentence for the operator
 */
export async function rotateVaultKey(config: Config): Promise<Rotation> {
  const context = await NestFactory.createApplicationContext(commandModule(config), {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  try {
    return await context.get(VaultRotation).rotate();
  } finally {
    await context.close();
  }
}

/** What the operator reads afterwards. */
export function describeRotation({ keyId, retired, credentials, source }: Rotation): string {
  const sealed = credentials === 1 ? 'One registry password was' : `${credentials} registry passwords were`;
  const old = retired.length
    ? ` Of no more use, but for backups of the database from before: ${retired.join(', ')}.`
    : '';
  const next =
    source === 'file'
      ? 'The new key is in vault.key; keep a copy of it apart.'
      : 'Take the keys that are named above out of WAYBILL_VAULT_KEY now.';
  return `${sealed} sealed anew under the key ${keyId}.${old} ${next}`;
}
