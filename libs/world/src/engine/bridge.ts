import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requireProgram } from '../parts.js';

const run = promisify(execFile);
const MARKER = 'bridge';
const DOCKER0 = '/sys/class/net/docker0';

/**
 * May this engine use docker0? Two engines on one bridge would tear each other's rules down: only when nobody has it, or
 * when it was left by a killed engine of the same folder (the marker in the folder says so).
 */
export async function claimBridge(dir: string): Promise<boolean> {
  const marker = join(dir, MARKER);
  if (existsSync(DOCKER0) && !existsSync(marker)) return false;
  await writeFile(marker, 'docker0\n');
  return true;
}

/** dockerd leaves its bridge behind: take it away, so that the machine is as before. */
export async function releaseBridge(dir: string): Promise<void> {
  if (existsSync(DOCKER0)) await run(requireProgram('ip', 'iproute2'), ['link', 'delete', 'docker0']);
  await rm(join(dir, MARKER), { force: true });
}
