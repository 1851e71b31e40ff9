import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { requireProgram } from '../parts.js';
import { startOwned, type Log } from '../processes.js';
import { cacheFolder } from './cache-folder.js';

const run = promisify(execFile);

const PACKAGES = 'docker.io,docker-cli,docker-buildx,docker-compose,iptables,ca-certificates,containerd,runc';

/** Picks Debian's own archive out of apt's targets, one `site|label` a line: no host name is written down anywhere here. */
export function pickMirror(targets: string): string | undefined {
  const rows = targets.split('\n').map((line) => line.split('|'));
  return rows.find(([, label]) => label === 'Debian')?.[0];
}

/** Where the modern engine's root is kept between runs: `WAYBILL_CACHE`, or `.tools/engines` of the repository. */
export function modernRootFolder(): string {
  return join(cacheFolder(), 'modern');
}

/**
 * The root file system of Debian's next release with Docker Engine 28 or later in it (725 MB); made once (about 35 s) and then
 * shared by all engines of kind modern. Callers in several processes wait for the first.
 * @throws MissingPartsError without debootstrap; Error with its last lines when it fails
 */
export async function ensureModernRoot(options: { log?: Log } = {}): Promise<string> {
  const root = modernRootFolder();
  if (existsSync(join(root, 'usr/sbin/dockerd'))) return root;
  const debootstrap = requireProgram('debootstrap', 'debootstrap');
  const { stdout } = await run('apt-get', ['indextargets', '--format', '$(SITE)|$(LABEL)', 'Created-By: Packages']);
  const mirror = pickMirror(stdout);
  if (!mirror) throw new Error("apt's sources name no Debian archive, which the modern engine is taken from.");
  await mkdir(dirname(root), { recursive: true });
  options.log?.('Making the modern engine (once, about a minute)');
  const making = `${root}.making`;
  // Under the lock the first caller makes the root and renames it into place; the others then find it.
  const script = `[ -x "$2/usr/sbin/dockerd" ] && exit 0; rm -rf "$3"
"$1" --variant=minbase --include=${PACKAGES} forky "$3" "$4" /usr/share/debootstrap/scripts/sid && rm -rf "$2" && mv "$3" "$2"`;
  const args = ['--close', `${root}.lock`, 'sh', '-c', script, 'make', debootstrap, root, making, mirror];
  const owned = startOwned(requireProgram('flock', 'util-linux'), args, { log: options.log });
  const code = await owned.ended;
  if (code !== 0) {
    throw new Error(`The modern engine could not be made: ${owned.tail()}`);
  }
  return root;
}
