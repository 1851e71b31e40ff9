/** What a step of the test run says: counted tests, or a check that holds or does not. */
export interface StepResult {
  readonly passed: number;
  readonly failed: number;
  /** Shown when something failed. */
  readonly log: string;
}

export interface Step {
  readonly title: string;
  run(): Promise<StepResult>;
}

const LOG_LINES = 600;

/** Runs each step, whatever became of the one before; nothing run is a failure. */
export async function runSteps(steps: readonly Step[]): Promise<{ passed: number; failed: number }> {
  let passed = 0;
  let failed = 0;
  for (const step of steps) {
    const since = Date.now();
    process.stdout.write(`  ${step.title} … `);
    const result = await attempt(step);
    passed += result.passed;
    failed += result.failed;
    const seconds = ((Date.now() - since) / 1000).toFixed(1);
    process.stdout.write(`${result.passed} passed, ${result.failed} failed, ${seconds} s\n`);
    if (result.failed > 0) process.stdout.write(`${lastLines(result.log)}\n`);
  }
  if (passed + failed > 0) return { passed, failed };
  process.stdout.write('No test was run.\n');
  return { passed, failed: 1 };
}

async function attempt(step: Step): Promise<StepResult> {
  try {
    return await step.run();
  } catch (error) {
    return { passed: 0, failed: 1, log: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function lastLines(log: string): string {
  const lines = log.trimEnd().split('\n');
  if (lines.length <= LOG_LINES) return lines.join('\n');
  return [`(${lines.length - LOG_LINES} lines before this are left out)`, ...lines.slice(-LOG_LINES)].join('\n');
}
