import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { bin } from './testing/check.ts';

const root = join(import.meta.dirname, '..');
const config = join(root, '.dependency-cruiser.cjs');

interface Report {
  readonly summary: { readonly violations: readonly { readonly rule: { readonly name: string } }[] };
}

function violatedRules(folder: string): string[] {
  const args = [bin('dependency-cruiser', 'depcruise'), '--config', config, '--output-type', 'json', 'apps', 'libs'];
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const { summary } = JSON.parse(stdout) as Report;
  return [...new Set(summary.violations.map(({ rule }) => rule.name))].sort();
}

describe('the import rules', () => {
  it('catch each wrong import of the fixture, so that no rule is blind', () => {
    const { forbidden } = createRequire(import.meta.url)(config) as { forbidden: { name: string }[] };
    expect(violatedRules(join(import.meta.dirname, 'fixtures', 'wrong-imports'))).toEqual(
      forbidden.map(({ name }) => name).sort(),
    );
  });
});
