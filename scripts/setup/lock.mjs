import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from './errors.mjs';
import { toolsFolder } from './paths.mjs';

const lockFile = join(toolsFolder, 'setup.lock');

/** Two runs at once must not install or build over each other: the second waits until the first is through. */
export async function withSetupLock(work) {
  makeToolsFolder();
  const mine = `${process.pid} ${startTicks(process.pid) ?? ''}`;
  let told = false;
  while (!take(mine)) {
    if (!told) process.stdout.write('  Another run is setting up in this folder; waiting for it.\n');
    told = true;
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function makeToolsFolder() {
  try {
    mkdirSync(toolsFolder, { recursive: true });
    writeFileSync(join(toolsFolder, 'package.json'), '{"private":true}\n');
  } catch (error) {
    throw new SetupError(
      `Set-up needs to write into ${toolsFolder}, which this user may not (${error.code}). ` +
        'Give the folder to this user, or clone the repository where you may write.',
    );
  }
}

/** A link is made whole or not at all, so nobody reads a half-written lock. */
function take(mine) {
  const draft = `${lockFile}.${process.pid}`;
  writeFileSync(draft, mine);
  try {
    linkSync(draft, lockFile);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    dropIfStale();
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function dropIfStale() {
  const held = read(lockFile);
  if (held === undefined || isAlive(held)) return;
  const aside = `${lockFile}.stale-${process.pid}`;
  try {
    renameSync(lockFile, aside);
    // Between reading and renaming, another run may have dropped the stale lock and taken its own: give that one back.
    if (read(aside) !== held) linkSync(aside, lockFile);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function isAlive(held) {
  const [pid, ticks] = held.split(' ');
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if (error.code === 'ESRCH') return false;
  }
  return !ticks || startTicks(pid) === ticks;
}

/** With its start time a pid names one process for good; only Linux tells it this way. */
function startTicks(pid) {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
