import { MissingPartsError, ensureParts, type PartKind } from '@waybill/world';
import type { Step } from './steps.ts';

const PARTS: readonly PartKind[] = [
  'engine',
  'modern-engine',
  'registry',
  'base-image',
  'browser',
  'postgres',
  'nginx',
  'compose',
];

/** Debian's packages that the tests are made of: brought where we may, else named in a sentence. */
export function debianPackages(title: string): Step {
  return {
    title,
    async run() {
      try {
        const brought = await ensureParts(PARTS, { install: true });
        return { passed: 1, failed: 0, log: brought.join(', ') };
      } catch (error) {
        if (error instanceof MissingPartsError) return { passed: 0, failed: 1, log: error.message };
        throw error;
      }
    },
  };
}
