// Generates both Prisma clients, offline, if the schema has changed since the last time.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const here = resolve(import.meta.dirname, '..');
const prisma = resolve(here, '../../prisma');
const generated = join(here, 'src/generated');
const stampFile = join(generated, 'stamp');

const hash = createHash('sha256').update(readFileSync(join(here, 'package.json')));
for (const folder of ['models', 'sqlite', 'postgresql']) {
  const names = readdirSync(join(prisma, folder)).filter((name) => name.endsWith('.prisma'));
  for (const name of names.sort()) hash.update(name).update(readFileSync(join(prisma, folder, name)));
}
const stamp = hash.digest('hex');

if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
  for (const kind of ['sqlite', 'postgresql']) {
    execFileSync(join(here, 'node_modules/.bin/prisma'), ['generate'], {
      cwd: here,
      // Prisma would download its native schema engine; generating needs none.
      env: {
        ...process.env,
        WAYBILL_SCHEMA: kind,
        PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  writeFileSync(stampFile, stamp);
}
