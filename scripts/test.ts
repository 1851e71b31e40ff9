// `npm test` after its set-up: every check in turn, none left out because another failed; the last line is the sum.
import { join } from 'node:path';
import { root } from './launch/paths.ts';
import { bin, check } from './testing/check.ts';
import { jestProject } from './testing/jest.ts';
import { endPrograms } from './testing/run-program.ts';
import type { Step } from './testing/steps.ts';

const node =
  (script: () => string, ...args: string[]) =>
  () => [process.execPath, script(), ...args];
const web = join(root, 'apps', 'web');

const steps: Step[] = [
  check(
    'Format',
    node(() => bin('prettier'), '--check', '--log-level', 'warn', '.'),
  ),
  check(
    'Lint',
    node(() => bin('oxlint'), '--quiet'),
  ),
  check(
    'Imports',
    node(() => bin('dependency-cruiser', 'depcruise'), '--config', '.dependency-cruiser.cjs', 'apps', 'libs'),
  ),
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
  jestProject('Integration tests', 'integration'),
];

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    endPrograms('SIGTERM');
    process.exit(130);
  });
}

let passed = 0;
let failed = 0;
const wanted = process.argv.slice(2);
for (const step of steps) {
  if (wanted.length > 0 && !wanted.some((word) => step.title.toLowerCase().includes(word.toLowerCase()))) continue;
  const since = Date.now();
  process.stdout.write(`  ${step.title} … `);
  const result = await step.run();
  passed += result.passed;
  failed += result.failed;
  const seconds = ((Date.now() - since) / 1000).toFixed(1);
  process.stdout.write(`${result.passed} passed, ${result.failed} failed, ${seconds} s\n`);
  if (result.failed > 0) process.stdout.write(`${result.log.trimEnd()}\n`);
}
if (passed + failed === 0) {
  process.stdout.write('No test was run.\n');
  failed = 1;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
