import { execFile } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a world is made of. Each part is one or more Debian packages. */
export type PartKind =
  'engine' | 'modern-engine' | 'registry' | 'base-image' | 'browser' | 'postgres' | 'nginx' | 'compose';

interface Need {
  readonly package: string;
  readonly isThere: () => boolean;
}

/** One missing or refused part; its message is one sentence with the packages and the command that brings them. */
export class MissingPartsError extends Error {
  readonly packages: readonly string[];

  constructor(packages: readonly string[], reason: string) {
    super(
      `${reason}: install ${packages.length === 1 ? 'the Debian package' : 'the Debian packages'} ${packages.join(', ')} with ` +
        `\`${installCommand(packages)}\`.`,
    );
    this.name = 'MissingPartsError';
    this.packages = packages;
  }
}

const SYSTEM_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The full path of a program, looked up in PATH and in the system's own folders (PATH of a plain user has no sbin). */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean), ...SYSTEM_PATH];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** Like findProgram, for a program that must be there. @throws MissingPartsError that names the package */
export function requireProgram(name: string, packageName: string): string {
  const found = findProgram(name);
  if (!found) throw new MissingPartsError([packageName], `${name} is not on this machine`);
  return found;
}

const program = (packageName: string, name: string): Need => ({
  package: packageName,
  isThere: () => findProgram(name) !== undefined,
});

/** The folder of the newest PostgreSQL server's programs, e.g. `/usr/lib/postgresql/15/bin`. */
export function findPostgresFolder(base = '/usr/lib/postgresql'): string | undefined {
  let versions: string[];
  try {
    versions = readdirSync(base);
  } catch {
    return undefined;
  }
  return versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(base, version, 'bin'))
    .find((folder) => isExecutable(join(folder, 'initdb')));
}

function hasCjkFont(): boolean {
  try {
    return readdirSync('/usr/share/fonts/opentype/noto').some((file) => file.includes('CJK'));
  } catch {
    return false;
  }
}

const NEEDS: Record<PartKind, readonly Need[]> = {
  engine: [program('docker.io', 'dockerd'), program('iptables', 'iptables'), program('iproute2', 'ip')],
  'modern-engine': [program('debootstrap', 'debootstrap')],
  registry: [program('docker-registry', 'docker-registry'), program('openssl', 'openssl')],
  'base-image': [program('busybox-static', 'busybox')],
  browser: [program('chromium', 'chromium'), { package: 'fonts-noto-cjk', isThere: hasCjkFont }],
  postgres: [{ package: 'postgresql', isThere: () => findPostgresFolder() !== undefined }],
  nginx: [program('nginx', 'nginx')],
  compose: [program('docker-compose', 'docker-compose')],
};

/** The Debian packages that the given parts lack on this machine, each once. */
export function missingPackages(kinds: readonly PartKind[]): string[] {
  const missing = kinds.flatMap((kind) => NEEDS[kind].filter((need) => !need.isThere()).map((need) => need.package));
  return [...new Set(missing)];
}

/** The command a person would type to bring the packages. */
export function installCommand(packages: readonly string[], asRoot = process.getuid?.() === 0): string {
  return `${asRoot ? '' : 'sudo '}apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

async function rootPrefix(): Promise<string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  try {
    await run('sudo', ['-n', 'true']);
    return ['sudo', '-n'];
  } catch {
    return undefined;
  }
}

/** The one refresh of apt's lists in this process, with what went wrong. */
let updated: Promise<string | undefined> | undefined;

async function apt(prefix: readonly string[], args: readonly string[]): Promise<void> {
  const command = [
    ...prefix,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-q',
    '-o',
    'DPkg::Lock::Timeout=300',
  ];
  const [file, ...rest] = [...command, ...args];
  await run(file as string, rest, { maxBuffer: 64 * 1024 * 1024 });
}

function lastLine(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  return stderr.trim().split('\n').at(-1) ?? '';
}

/**
 * Makes sure that the parts are on this machine. With `install`, apt-get brings what lacks (lists are refreshed once for
 * each process) where this process is root or may use sudo without a password.
 * @returns the packages that were installed, none when everything was there
 * @throws MissingPartsError, one sentence that names the packages and the command
 */
export async function ensureParts(
  kinds: PartKind | readonly PartKind[],
  options: { install: boolean; log?: (line: string) => void },
): Promise<string[]> {
  const wanted = typeof kinds === 'string' ? [kinds] : kinds;
  const packages = missingPackages(wanted);
  if (packages.length === 0) return [];
  if (!options.install) throw new MissingPartsError(packages, `Parts are missing for ${wanted.join(', ')}`);
  const prefix = findProgram('apt-get') ? await rootPrefix() : undefined;
  if (!prefix) throw new MissingPartsError(packages, 'Parts are missing and this process may not install them');
  options.log?.(`Installing ${packages.join(', ')} with apt-get`);
  // One broken source among many fails the whole update; what is wanted may still be there.
  updated ??= apt(prefix, ['update']).then(
    () => undefined,
    (error: unknown) => lastLine(error),
  );
  const trouble = await updated;
  if (trouble) options.log?.(`apt-get update: ${trouble}`);
  try {
    await apt(prefix, ['install', '-y', '--no-install-recommends', ...packages]);
  } catch (error) {
    updated = undefined;
    throw new MissingPartsError(packages, `apt-get failed (${[trouble, lastLine(error)].filter(Boolean).join('; ')})`);
  }
  const still = missingPackages(wanted);
  if (still.length > 0) throw new MissingPartsError(still, 'Parts are still missing after apt-get');
  return packages;
}
