import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { toEngineLine, type EngineLine } from '../stream/engine-line.js';

const folder = join(import.meta.dirname, '../../fixtures');

export interface Recorded {
  /** As in fixtures/README.md, such as `old-push-fresh`. */
  readonly name: string;
  readonly engine: 'old' | 'modern';
  readonly kind: 'pull' | 'push';
  /** Of an answer that was no stream. */
  readonly httpStatus?: number;
  readonly message?: string;
  readonly lines: EngineLine[];
}

/** The streams that were recorded from real engines. */
export function recorded(outcome: 'ok' | 'not-ok'): Recorded[] {
  const names = readdirSync(join(folder, outcome)).filter((name) => name.endsWith('.ndjson'));
  return names.sort().map((file) => read(outcome, file.replace('.ndjson', '')));
}

function read(outcome: string, name: string): Recorded {
  const [engine, kind] = name.split('-');
  const raw = readFileSync(join(folder, outcome, `${name}.ndjson`), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const answer = raw[0]?.['httpStatus'] === undefined ? undefined : raw[0];
  return {
    name,
    engine: engine === 'old' ? 'old' : 'modern',
    kind: kind === 'push' ? 'push' : 'pull',
    ...(answer ? { httpStatus: Number(answer['httpStatus']), message: String(answer['message']) } : {}),
    lines: answer ? [] : raw.map(toEngineLine),
  };
}
