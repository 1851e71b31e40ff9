import { engineTooOld } from '../errors/errors.js';
import type { WireVersion } from './wire.js';

/** The newest API that this code was tried with; a newer engine is spoken to in it. */
const newestKnown = '1.51';
const oldestAccepted = '1.24';

function compare(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}

/**
 * The API version to speak: the engine's own, no newer than what is known here, no older than the engine takes.
 * @throws WaybillError `engine.too_old` below 1.24
 */
export function negotiate({ ApiVersion = '0', MinAPIVersion }: WireVersion): string {
  if (!/^\d+\.\d+$/.test(ApiVersion) || compare(ApiVersion, oldestAccepted) < 0) throw engineTooOld(ApiVersion);
  if (compare(ApiVersion, newestKnown) <= 0) return ApiVersion;
  return MinAPIVersion && compare(MinAPIVersion, newestKnown) > 0 ? MinAPIVersion : newestKnown;
}

export function isAtLeast(version: string, wanted: string): boolean {
  return compare(version, wanted) >= 0;
}
