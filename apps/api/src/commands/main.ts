import { readConfig, type Config } from '../config/config.js';
import { describeRotation, rotateVaultKey } from './rotate-vault-key.js';

/** Each command by its name; it answers with what the operator reads. */
const commands: Record<string, (config: Config) => Promise<string>> = {
  'vault:rotate': async (config) => describeRotation(await rotateVaultKey(config)),
};

const name = process.argv[2] ?? '';
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (!command) {
  console.error(`Say which command: ${Object.keys(commands).join(', ')}`);
  process.exit(2);
}
try {
  console.log(await command(readConfig(process.env)));
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
