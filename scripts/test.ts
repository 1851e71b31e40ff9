// `npm test` after its set-up: every check in turn, none left out because another failed; the last line is the sum.
// `npm test -- lint unit` runs only the steps whose titles hold one of the words.
import { join } from 'node:path';
import { stopSharedTestWorld } from '@waybill/world';
import { root } from './launch/paths.ts';
import { bin, check } from './testing/check.ts';
import { jestProject } from './testing/jest.ts';
import { debianPackages } from './testing/parts.ts';
import { browserTests } from './testing/playwright.ts';
import { endPrograms } from './testing/run-program.ts';
import { runSteps, type Step } from './testing/steps.ts';
import { sharedWorld } from './testing/world.ts';

const node =
  (script: () => string, ...args: string[]) =>
  () => [process.execPath, script(), ...args];
const web = join(root, 'apps', 'web');
const cruise = () => bin('dependency-cruiser', 'depcruise');

const steps: Step[] = [
  debianPackages('Debian packages'),
  check(
    'Format',
    node(() => bin('prettier'), '--check', '--log-level', 'warn', '.'),
  ),
  check(
    'Lint',
    node(() => bin('oxlint'), '--quiet'),
  ),
  check('Imports', node(cruise, '--config', '.dependency-cruiser.cjs', 'apps', 'libs')),
  check(
    'Unused code',
    node(() => bin('knip'), '--no-progress'),
  ),
  check(
    'Types',
    node(() => bin('typescript', 'tsc'), '--noEmit', '-p', 'tsconfig.json'),
  ),
  check(
    'Types of the page',
    node(() => bin('vue-tsc', 'vue-tsc', web), '--noEmit', '-p', 'apps/web/tsconfig.json'),
  ),
  jestProject('Unit tests', 'unit'),
  sharedWorld('Engines, registries and PostgreSQL for the integration tests'),
  jestProject('Integration tests', 'integration'),
  browserTests('Browser tests'),
];

let interrupted = false;
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.on(signal, () => {
    if (interrupted) return;
    interrupted = true;
    endPrograms('SIGTERM');
    void stopSharedTestWorld().finally(() => process.exit(code));
  });
}

const wanted = process.argv.slice(2).map((word) => word.toLowerCase());
const chosen = steps.filter(
  ({ title }) => wanted.length === 0 || wanted.some((word) => title.toLowerCase().includes(word)),
);
const { passed, failed } = await runSteps(chosen);
await stopSharedTestWorld();
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
