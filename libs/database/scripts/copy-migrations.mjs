// Puts the migrations beside the built code, so that the package is whole wherever it is taken to.
import { cpSync } from 'node:fs';
import { resolve } from 'node:path';

for (const kind of ['sqlite', 'postgresql']) {
  const from = resolve(import.meta.dirname, '../../../prisma', kind, 'migrations');
  cpSync(from, resolve(import.meta.dirname, '../dist/migrations', kind), { recursive: true });
}
