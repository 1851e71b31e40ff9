import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** Prints how heavy the script is that must be there before anything shows, and fails above the limit (kB, gzipped). */
const limit = 200;
const dist = new URL(process.argv[2] ? `file://${process.argv[2]}/` : '../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));
const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);

const print = (kB, text) => process.stdout.write(`${kB.toFixed(1).padStart(7)} kB  ${text}\n`);

/** A chunk and all that it imports statically. */
function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
}

const files = [...closure(entry)].map((key) => manifest[key].file).filter((file) => file.endsWith('.js'));
const sizes = files.map((file) => ({ file, kB: gzipSync(readFileSync(new URL(file, dist))).length / 1000 }));
const total = sizes.reduce((sum, { kB }) => sum + kB, 0);
for (const { file, kB } of sizes.sort((a, b) => b.kB - a.kB)) print(kB, file);
print(total, `first script, gzipped (limit ${limit} kB)`);
if (total > limit) process.exitCode = 1;
