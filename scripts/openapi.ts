// `npm run openapi` writes docs/openapi.json and the docs' tables anew, so that a change of the API shows in review.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '@waybill/world';
import { docsTables, withTable } from './docs-tables.ts';
import { apiMain, root } from './launch/paths.ts';

for (const { page, rows } of docsTables) {
  const file = join(root, page);
  await writeFile(file, withTable(await readFile(file, 'utf8'), rows));
}

const folder = await mkdtemp(join(tmpdir(), 'waybill-openapi-'));
const environment = { WAYBILL_ENGINE_HOST: `unix://${folder}/none.sock` };
const server = await startServer({ main: apiMain, dataFolder: folder, environment });
try {
  const document: unknown = await (await fetch(`${server.url}/api/v1/openapi.json`)).json();
  await writeFile(join(root, 'docs', 'openapi.json'), `${JSON.stringify(document, null, 2)}\n`);
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
