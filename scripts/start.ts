// `npm start` after its set-up: the server, and on a machine without any Docker an engine and a registry of its own.
import { existsSync } from 'node:fs';
import { listenForStop, startChild } from './launch/child.ts';
import { apiMain, root } from './launch/paths.ts';

if (!existsSync(apiMain)) {
  process.stderr.write('apps/api/dist/main.js is missing: the server was not built.\n');
  process.exit(1);
}
const api = startChild([process.execPath, '--enable-source-maps', '--no-warnings', apiMain], {
  cwd: root,
  env: { ...process.env, NODE_ENV: process.env['NODE_ENV'] ?? 'production' },
});
listenForStop(
  () => api.process.kill('SIGTERM'),
  () => api.process.kill('SIGKILL'),
);
process.exitCode = await api.ended;
