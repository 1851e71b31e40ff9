import { resolve } from 'node:path';
import { decideEmbedded } from './embedded-decision.ts';
import type { Embedded } from './embedded.ts';
import { lookAtMachine } from './machine.ts';
import { root } from './paths.ts';

export const say = (line: string): void => void process.stdout.write(`  ${line}\n`);

/**
 * Brings up the engine and registry of our own where this machine is one for them; elsewhere, when the person at the terminal
 * says no, and when they do not come up (which is said), the server finds an engine by itself or says that there is none.
 */
export async function embeddedParts(): Promise<Embedded | undefined> {
  const dataFolder = resolve(root, process.env['WAYBILL_DATA'] || 'data');
  const decision = decideEmbedded(await lookAtMachine(dataFolder, process.env));
  if (decision === 'no') return undefined;
  const { mayBring, startEmbedded } = await import('./embedded.ts');
  if (decision === 'ask' && !(await mayBring(say))) return undefined;
  try {
    return await startEmbedded(dataFolder, say);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    say(`The engine of our own did not come up: ${reason}`);
    say('The page is served all the same; WAYBILL_EMBEDDED=off leaves this step out.');
    const { stopAll } = await import('@waybill/world');
    await stopAll();
    return undefined;
  }
}
