import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from '../launch/paths.ts';
import { runProgram } from './run-program.ts';
import type { Step } from './steps.ts';

/** The script behind a package's command, so that no shell and no package manager stands between. */
export function bin(packageName: string, command = packageName, from = root): string {
  const require = createRequire(join(from, 'package.json'));
  const manifest = findManifest(require, packageName);
  const { bin: bins } = require(manifest) as { bin: string | Record<string, string> };
  const file = typeof bins === 'string' ? bins : bins[command];
  if (!file) throw new Error(`${packageName} has no command ${command}.`);
  return join(dirname(manifest), file);
}

function findManifest(require: NodeJS.Require, packageName: string): string {
  for (const folder of require.resolve.paths(packageName) ?? []) {
    const manifest = join(folder, packageName, 'package.json');
    try {
      require(manifest);
      return manifest;
    } catch {
      continue;
    }
  }
  throw new Error(`${packageName} is not installed.`);
}

/** A step that is one program and counts as one check: exit code 0 or not. */
export function check(title: string, command: () => readonly string[], env?: NodeJS.ProcessEnv): Step {
  return {
    title,
    async run() {
      const { exitCode, log } = await runProgram(command(), { env });
      return exitCode === 0 ? { passed: 1, failed: 0, log } : { passed: 0, failed: 1, log };
    },
  };
}
