import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin } from './check.ts';
import { runProgram } from './run-program.ts';
import type { Step } from './steps.ts';

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly success: boolean;
}

/** One of Jest's projects. A file that does not load, a skipped test and no test at all are failures too. */
export function jestProject(title: string, project: string, options: { config?: string; workers?: string } = {}): Step {
  return {
    title,
    async run() {
      const folder = await mkdtemp(join(tmpdir(), 'waybill-jest-'));
      const output = join(folder, 'report.json');
      try {
        const ended = await runProgram(
          [
            process.execPath,
            '--experimental-vm-modules',
            '--no-warnings',
            bin('jest'),
            ...(options.config ? ['--config', options.config] : []),
            '--selectProjects',
            project,
            '--json',
            `--outputFile=${output}`,
            `--maxWorkers=${options.workers ?? '2'}`,
            // A handle that a test left open must not hold up the whole run.
            '--forceExit',
          ],
          { env: { NODE_OPTIONS: '--experimental-vm-modules --no-warnings', FORCE_COLOR: '0' } },
        );
        return summarize(await readReport(output), ended.exitCode, withoutJson(ended.log));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function readReport(file: string): Promise<JestReport | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as JestReport;
  } catch {
    return undefined;
  }
}

function withoutJson(log: string): string {
  return log
    .split('\n')
    .filter((line) => !line.startsWith('{"num'))
    .join('\n');
}

function summarize(report: JestReport | undefined, exitCode: number, log: string) {
  if (!report) return { passed: 0, failed: 1, log: `${log}\nJest wrote no report.` };
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites + report.numPendingTests;
  const missed = failed === 0 && (exitCode !== 0 || report.numPassedTests === 0);
  return { passed: report.numPassedTests, failed: missed ? 1 : failed, log };
}
