import 'reflect-metadata';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { PersonalLink } from '@waybill/contract';
import { AccessModule } from '../access/access.module.js';
import { AdminResetService } from '../access/admin-reset.service.js';
import { CONFIG, type Config } from '../config/config.js';
import { DatabaseModule } from '../database/database.module.js';

class ConfigOfCommand {}
class CommandModule {}

/** Who is there is to be helped: nobody is made, even where the environment names a first admin. */
function commandModule(config: Config): DynamicModule {
  const configuration = {
    module: ConfigOfCommand,
    global: true,
    providers: [{ provide: CONFIG, useValue: { ...config, admin: null } }],
    exports: [CONFIG],
  };
  return { module: CommandModule, imports: [configuration, DatabaseModule, AccessModule] };
}

/**
 * Makes a reset link for an admin while no server runs: the lock on the database is taken, so a running one makes this fail.
 * @throws Error, DatabaseError: each with a sentence for the operator
 */
export async function resetAdmin(config: Config, username: string): Promise<PersonalLink> {
  if (!username) throw new Error('Say whose password: admin:reset USERNAME');
  const context = await NestFactory.createApplicationContext(commandModule(config), {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  try {
    return await context.get(AdminResetService).reset(username);
  } finally {
    await context.close();
  }
}

/** What the operator reads afterwards. */
export function describeReset({ url, expiresAt }: PersonalLink): string {
  return `Start Waybill, then open this link and choose a new password. It works once, until ${expiresAt}:\n\n  ${url}\n`;
}
