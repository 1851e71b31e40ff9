import { SetupError } from './errors.mjs';
import { runQuietly } from './processes.mjs';

/**
 * One line for each step, with the time it took. What the program said is shown only when it failed.
 * @param advice a sentence for the failure: what to do
 */
export async function step(title, { command, args, env, advice }) {
  const since = Date.now();
  process.stdout.write(`  ${title} … `);
  let result;
  try {
    result = await runQuietly(command, args, env);
  } catch (error) {
    process.stdout.write('\n');
    if (error instanceof SetupError) throw error;
    throw new SetupError(`${command} could not be started (${error.message}). ${advice}`);
  }
  if (result.exitCode !== 0) {
    process.stdout.write('failed\n');
    throw new SetupError(`${result.text.trimEnd()}\n\n${title} failed with exit code ${result.exitCode}. ${advice}`);
  }
  process.stdout.write(`${((Date.now() - since) / 1000).toFixed(1)} s\n`);
}
