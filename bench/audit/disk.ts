import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';

/** Bytes of one write: what the record's log grows by for one event, and a whole page of the file system. */
const bytes = 4096;

/** How often a second this disk makes appended bytes durable, one after another: the bound of whoever commits alone. */
export function syncsPerSecond(file: string, milliseconds: number): number {
  const page = Buffer.alloc(bytes, 1);
  const descriptor = openSync(file, 'a');
  const started = performance.now();
  let count = 0;
  try {
    for (; performance.now() - started < milliseconds; count += 1) {
      writeSync(descriptor, page);
      fdatasyncSync(descriptor);
    }
  } finally {
    closeSync(descriptor);
  }
  return (count * 1000) / (performance.now() - started);
}
