// `npm start`, `npm test`, `npm run dev`, `npm run demo`, `npm run bench` and `npm run waybill` all come through here, on whatever Node 20 or later the machine has.
// It brings Node 24, pnpm, the dependencies and the build up to date, then hands over to scripts/<command>.ts on Node 24.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildWhatChanged } from './setup/build.mjs';
import { installDependencies } from './setup/dependencies.mjs';
import { SetupError } from './setup/errors.mjs';
import { withSetupLock } from './setup/lock.mjs';
import { root } from './setup/paths.mjs';
import { handOver } from './setup/processes.mjs';
import { bringTools } from './setup/tools.mjs';

const commands = {
  start: { script: 'start.ts', builds: ['libs', 'api', 'web'] },
  dev: { script: 'dev.ts', builds: ['libs', 'api'] },
  demo: { script: 'demo.ts', builds: ['libs', 'api', 'web'] },
  bench: { script: 'bench.ts', builds: ['libs', 'api', 'web'] },
  openapi: { script: 'openapi.ts', builds: ['libs', 'api'] },
  pictures: { script: '../e2e/pictures.ts', builds: ['libs', 'api', 'web'] },
  waybill: { script: 'waybill.ts', builds: ['libs', 'api'] },
  test: { script: 'test.ts', builds: ['libs', 'api', 'web'] },
  'build-server': { script: undefined, builds: ['libs', 'api'] },
  setup: { script: undefined, builds: ['libs', 'api', 'web'] },
};

async function main() {
  const [name = 'start', ...args] = process.argv.slice(2);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command)
    throw new SetupError(`There is no command ${name}. The commands are ${Object.keys(commands).join(', ')}.`);
  const tools = await withSetupLock(async () => {
    const brought = await bringTools();
    await installDependencies(brought);
    await buildWhatChanged(brought, command.builds);
    return brought;
  });
  if (!command.script) return 0;
  const script = join(root, 'scripts', command.script);
  if (!existsSync(script)) throw new SetupError(`scripts/${command.script} is missing: is this clone complete?`);
  return handOver(tools.node, [script, ...args], tools.env);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = error.exitCode;
}
