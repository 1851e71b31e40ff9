// `npm start` after its set-up: the server, and on a machine without any Docker an engine and a registry of its own.
import { listenForStop, type Child } from './launch/child.ts';
import { embeddedParts } from './launch/engine-parts.ts';
import { endChild, startServer } from './launch/server.ts';

let server: Child | undefined;
let stopping = false;
listenForStop(
  () => {
    stopping = true;
    if (server) void endChild(server);
  },
  () => server?.process.kill('SIGKILL'),
);

const embedded = await embeddedParts();
let exitCode = 0;
try {
  if (!stopping) {
    server = startServer(embedded, 'production');
    exitCode = await server.ended;
  }
} finally {
  await embedded?.stop();
}
process.exit(exitCode);
