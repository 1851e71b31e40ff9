import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root, toolsFolder } from './paths.mjs';
import { step } from './steps.mjs';

const stamps = join(toolsFolder, 'built');
const ROOT_INPUTS = ['pnpm-lock.yaml', 'tsconfig.base.json'];

/** Builds the packages whose inputs are not those of their last build: a second start builds nothing. */
export async function buildWhatChanged({ pnpm: [command, ...pnpm], env }, kinds) {
  mkdirSync(stamps, { recursive: true });
  const stale = packages()
    .filter(({ kind }) => kinds.includes(kind))
    .map((entry) => ({ ...entry, hash: hashOf(entry.inputs) }))
    .filter(
      ({ name, hash, outputs }) => readStamp(name) !== hash || !outputs.every((file) => existsSync(join(root, file))),
    );
  for (const kind of kinds) {
    const group = stale.filter((entry) => entry.kind === kind);
    if (group.length === 0) continue;
    for (const { name } of group) rmSync(join(stamps, name), { force: true });
    const names = group.map(({ name }) => name);
    await step(`Building ${names.join(', ')}`, {
      command,
      args: [
        ...pnpm,
        ...names.flatMap((name) => ['--filter', `@waybill/${name}`]),
        '--workspace-concurrency=2',
        'run',
        'build',
      ],
      env,
      advice: 'The message above says where.',
    });
    for (const { name, hash } of group) writeFileSync(join(stamps, name), hash);
  }
}

/** A package is built from its own sources; the database's client also from the models, the page also from the contract. */
function packages() {
  const libs = readdirSync(join(root, 'libs')).filter((name) =>
    existsSync(join(root, 'libs', name, 'src', 'index.ts')),
  );
  const more = { database: ['prisma'] };
  return [
    ...libs.map((name) => ({
      name,
      kind: 'libs',
      inputs: [`libs/${name}`, ...(more[name] ?? [])],
      outputs: [`libs/${name}/dist/index.js`, ...(name === 'database' ? ['libs/database/src/generated'] : [])],
    })),
    { name: 'api', kind: 'api', inputs: ['apps/api'], outputs: ['apps/api/dist/main.js'] },
    { name: 'web', kind: 'web', inputs: ['apps/web', 'libs/contract'], outputs: ['apps/web/dist/index.html'] },
  ].filter(({ kind, name }) => kind === 'libs' || existsSync(join(root, 'apps', name, 'src')));
}

const NOT_INPUTS = new Set(['dist', 'dist-test', 'node_modules', 'generated', 'auto-imports.d.ts', 'components.d.ts']);

function hashOf(inputs) {
  const hash = createHash('sha256');
  for (const file of [...ROOT_INPUTS, ...inputs].flatMap((input) => filesOf(join(root, input)))) {
    hash
      .update(`${relative(root, file)}\n`)
      .update(readFileSync(file))
      .update('\n');
  }
  return hash.digest('hex');
}

function filesOf(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => !NOT_INPUTS.has(name) && !name.includes('.spec.'))
    .sort()
    .flatMap((name) => filesOf(join(path, name)));
}

function readStamp(name) {
  const file = join(stamps, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
