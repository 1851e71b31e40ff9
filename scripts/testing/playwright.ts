import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../launch/paths.ts';
import { bin } from './check.ts';
import { runProgram } from './run-program.ts';
import type { Step } from './steps.ts';

interface PlaywrightReport {
  readonly stats: {
    readonly expected: number;
    readonly unexpected: number;
    readonly flaky: number;
    readonly skipped: number;
  };
}

const e2e = join(root, 'e2e');
const LIMIT_MS = 25 * 60_000;

/** The browser tests. One that was skipped, or passed only at the second try, is a failure too. */
export function browserTests(title: string): Step {
  return {
    title,
    async run() {
      if (!existsSync(join(e2e, 'playwright.config.ts'))) {
        return { passed: 0, failed: 1, log: 'e2e/playwright.config.ts is missing.' };
      }
      const folder = await mkdtemp(join(tmpdir(), 'waybill-e2e-'));
      const report = join(folder, 'report.json');
      try {
        const ended = await runProgram(
          [
            process.execPath,
            bin('@playwright/test', 'playwright', e2e),
            'test',
            '--config',
            'e2e/playwright.config.ts',
            '--reporter=list,json',
          ],
          { env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report, FORCE_COLOR: '0' }, timeoutMs: LIMIT_MS },
        );
        const { stats } = JSON.parse(await readFile(report, 'utf8')) as PlaywrightReport;
        const failed = stats.unexpected + stats.flaky + stats.skipped;
        const missed = failed === 0 && (ended.exitCode !== 0 || stats.expected === 0);
        return { passed: stats.expected, failed: missed ? 1 : failed, log: ended.log };
      } catch (error) {
        return { passed: 0, failed: 1, log: `The browser tests gave no report: ${String(error)}` };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
