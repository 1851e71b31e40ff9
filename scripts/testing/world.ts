import { sharedTestWorld } from '@waybill/world';
import type { Step } from './steps.ts';

/**
 * Brings up what all integration tests share, before their clocks run: at the very first time the modern engine's root is
 * made, which takes a minute. Its own failure is told here once, and not by each test.
 */
export function sharedWorld(title: string): Step {
  return {
    title,
    async run() {
      const { engines } = await sharedTestWorld({ modern: true, postgres: true });
      return { passed: 1, failed: 0, log: `${engines.old.version}, ${engines.modern.version}` };
    },
  };
}
