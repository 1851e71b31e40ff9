import { lstatSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Machine } from './embedded-decision.ts';

export const markerName = 'embedded.json';

/** Looks at this machine; reads a few small files and starts nothing. */
export async function lookAtMachine(dataFolder: string, environment: NodeJS.ProcessEnv): Promise<Machine> {
  return {
    embedded: environment['WAYBILL_EMBEDDED'],
    engineIsNamed: Boolean(environment['WAYBILL_ENGINE_HOST']) || (await dockerNamesEngine(environment)),
    socketIsThere: isThere('/var/run/docker.sock'),
    marked: isThere(join(dataFolder, markerName)),
    isRoot: process.getuid?.() === 0,
    osRelease: isThere('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '',
  };
}

/** A context that cannot be read names an engine all the same: the server will say what is wrong with it. */
async function dockerNamesEngine(environment: NodeJS.ProcessEnv): Promise<boolean> {
  const { findEngineHost } = await import('@waybill/engine');
  try {
    return findEngineHost(environment, environment['HOME'] ?? homedir()).source !== 'default';
  } catch {
    return true;
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
