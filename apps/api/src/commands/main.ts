import { readConfig, type Config } from '../config/config.js';
import { describeReset, resetAdmin } from './reset-admin.js';
import { describeRotation, rotateVaultKey } from './rotate-vault-key.js';

/** Each command by its name; it answers with what the operator reads. */
const commands: Record<string, (config: Config, argument: string) => Promise<string>> = {
  'admin:reset': async (config, username) => describeReset(await resetAdmin(config, username)),
  'vault:rotate': async (config) => describeRotation(await rotateVaultKey(config)),
};

const name = process.argv[2] ?? '';
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (!command) {
  console.error(`Say which command: ${Object.keys(commands).join(', ')}`);
  process.exit(2);
}
try {
  console.log(await command(readConfig(process.env), process.argv[3] ?? ''));
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
