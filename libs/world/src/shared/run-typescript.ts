/** Node runs TypeScript as it is but takes import paths by the letter; with this hook `x.js` may stand for `x.ts`. */
const RESOLVE_TYPESCRIPT = `import { registerHooks } from 'node:module';
registerHooks({
  resolve(specifier, context, next) {
    const typed = specifier.startsWith('.') && context.parentURL?.endsWith('.ts');
    return next(typed ? specifier.replace(/\\.js$/, '.ts') : specifier, context);
  },
});`;

/** Node's flags to run a script of this package, from its source (Node 24 or later) as from its build. */
export function nodeFlagsFor(script: string): string[] {
  if (!script.endsWith('.ts')) return [];
  return ['--no-warnings', '--import', `data:text/javascript,${encodeURIComponent(RESOLVE_TYPESCRIPT)}`];
}
