import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

// Node runs TypeScript as it is but takes import paths by the letter; here `x.js` may stand for `x.ts`, and our own
// packages for their sources.
const resolveSources = `import { registerHooks } from 'node:module';
registerHooks({
  resolve(specifier, context, next) {
    const typed = specifier.startsWith('.') && context.parentURL?.endsWith('.ts') && !context.parentURL.includes('node_modules');
    return next(typed ? specifier.replace(/\\.js$/, '.ts') : specifier, context);
  },
});`;

/** Starts child.ts with a task; `lines` are what it says. */
export function startChild(task: 'open' | 'write', options: object): { process: ChildProcess; lines: Interface } {
  const child = spawn(
    process.execPath,
    [
      '--no-warnings',
      '--import',
      `data:text/javascript,${encodeURIComponent(resolveSources)}`,
      fileURLToPath(new URL('./child.ts', import.meta.url)),
      task,
      JSON.stringify(options),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } },
  );
  return { process: child, lines: createInterface({ input: child.stdout }) };
}
