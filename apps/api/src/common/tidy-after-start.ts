import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** When starting has ended for good: the first engine and registry checks are over too. Milliseconds. */
const after = 5000;

/**
 * Lets go of what only starting needed (modules' sources, the making of the API's description). V8 collects when memory is
 * asked for, and a server at rest asks for none: it would hold some 15 MB of it for days.
 */
export function tidyAfterStart(): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as NodeJS.GCFunction;
    void collect({ type: 'major', execution: 'async', flavor: 'last-resort' });
  }, after).unref();
}
