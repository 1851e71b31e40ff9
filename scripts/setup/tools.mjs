import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { SetupError } from './errors.mjs';
import { toolsFolder } from './paths.mjs';
import { findProgram } from './processes.mjs';
import { step } from './steps.mjs';

const NODE = '24.21.0';
const PNPM = '12.21.0';
const MAJOR = Number(NODE.split('.')[0]);
const modules = join(toolsFolder, 'node_modules');
const stamp = join(toolsFolder, 'tools.stamp');

/**
 * Node 24 (the machine's own where it is that new, else npm's package of the binary) and pnpm, in .tools/.
 * @returns {Promise<{node: string, pnpm: string[], env: NodeJS.ProcessEnv}>}
 */
export async function bringTools() {
  const own = Number(process.versions.node.split('.')[0]) >= MAJOR;
  const nodePackage = `node-${process.platform}-${process.arch}`;
  const wanted = own ? [`pnpm@${PNPM}`] : [`pnpm@${PNPM}`, `${nodePackage}@${NODE}`];
  const node = own ? process.execPath : join(modules, nodePackage, 'bin', 'node');
  const pnpm = join(modules, 'pnpm', 'bin', 'pnpm.mjs');
  if (!isBrought(wanted) || !existsSync(node) || !existsSync(pnpm)) {
    if (!own) refuseUnknownMachine();
    await fetchTools(wanted, own ? `pnpm ${PNPM}` : `Node ${NODE} and pnpm ${PNPM}`);
  }
  return { node, pnpm: [node, pnpm], env: environment(dirname(node)) };
}

function isBrought(wanted) {
  if (!existsSync(stamp)) return false;
  const brought = readFileSync(stamp, 'utf8').split(' ');
  return wanted.every((name) => brought.includes(name));
}

function refuseUnknownMachine() {
  const libc = process.platform !== 'linux' || process.report.getReport().header.glibcVersionRuntime;
  if (libc && ['linux', 'darwin'].includes(process.platform) && ['x64', 'arm64'].includes(process.arch)) return;
  throw new SetupError(
    `Waybill needs Node ${MAJOR}, this is ${process.versions.node}, and npm has no ready binary for this machine. ` +
      `Install Node ${MAJOR} by hand and run the command again.`,
  );
}

/** Into a folder beside, then renamed: an interrupted download leaves nothing that looks whole. */
async function fetchTools(wanted, title) {
  const staging = join(toolsFolder, 'staging');
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging);
  writeFileSync(join(staging, 'package.json'), '{"private":true}\n');
  const flags = ['--no-save', '--no-package-lock', '--ignore-scripts', '--include=optional', '--no-audit', '--no-fund'];
  const [command, ...npm] = findNpm();
  await step(`Fetching ${title}`, {
    command,
    args: [...npm, 'install', '--prefix', staging, ...flags, ...wanted],
    env: environment(dirname(process.execPath)),
    advice:
      'The npm registry must be reachable for the first run: check the network, the proxy and `npm config get registry`.',
  });
  rmSync(stamp, { force: true });
  rmSync(modules, { recursive: true, force: true });
  renameSync(join(staging, 'node_modules'), modules);
  rmSync(staging, { recursive: true, force: true });
  writeFileSync(stamp, wanted.join(' '));
}

/** The npm that started us, else the one on PATH. */
function findNpm() {
  const started = process.env.npm_execpath;
  if (started && /npm-cli\.[cm]?js$/.test(started) && existsSync(started)) return [process.execPath, started];
  const npm = findProgram('npm');
  if (!npm) {
    throw new SetupError(
      'npm is not on this machine (on Debian and Ubuntu it is a package of its own: `apt-get install npm`). ' +
        'It fetches Node and pnpm at the first run.',
    );
  }
  return [npm];
}

/** What npm tells its scripts would make the inner npm and pnpm act on the wrong folder. */
function withoutNpmsOwn(env) {
  const noise = /^npm_(package|lifecycle|command|execpath|node_execpath|config_(local_)?prefix|config_global)/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !noise.test(name)));
}

function environment(nodeFolder) {
  return {
    ...withoutNpmsOwn(process.env),
    PATH: [nodeFolder, join(modules, '.bin'), process.env.PATH].filter(Boolean).join(delimiter),
    // Prisma's tool would fetch a schema engine from its own host; generating the client needs none.
    PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? '/bin/true',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  };
}
