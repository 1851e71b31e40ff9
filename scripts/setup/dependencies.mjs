import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { step } from './steps.mjs';

const stamp = join(root, 'node_modules', '.waybill-installed');

/** Installs with the frozen lock file, only when the lock file (or the machine) is another than last time. */
export async function installDependencies({ pnpm: [command, ...pnpm], env }) {
  const wanted = lockHash();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  rmSync(stamp, { force: true });
  await step('Installing dependencies', {
    command,
    args: [...pnpm, 'install', '--frozen-lockfile', '--prefer-offline'],
    // Without a terminal pnpm asks nothing when CI is set.
    env: { ...env, CI: 'true' },
    advice: 'The package registry must be reachable; run the command again once it is.',
  });
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(stamp, wanted);
}

function lockHash() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}
