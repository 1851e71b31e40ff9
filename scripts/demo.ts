// `npm run demo`: the whole product in a throw-away world, with people and deeds to look at.
import { startDemo, stopAll, type Demo } from '@waybill/world';
import { listenForStop } from './launch/child.ts';
import { say } from './launch/engine-parts.ts';
import { apiMain } from './launch/paths.ts';

const port = Number(process.env['WAYBILL_PORT'] || 8080);
let demo: Demo | undefined;
let stopping: Promise<void> | undefined;

function stop(code: number): Promise<void> {
  stopping ??= (async () => {
    await (demo ? demo.stop() : stopAll());
    process.exit(code);
  })();
  return stopping;
}
listenForStop(
  (signal) => void stop(signal === 'SIGINT' ? 130 : 143),
  () => process.exit(1),
);

try {
  demo = await startDemo({ main: apiMain, port, install: true, say });
  const people = demo.people.map(
    ({ username, displayName, role }) => `    ${username.padEnd(6)} ${role.padEnd(10)} ${displayName}`,
  );
  process.stdout.write(
    [
      '',
      `  Waybill is at ${demo.url}`,
      '',
      `  Log in as one of these, the password is: ${demo.password}`,
      ...people,
      '',
      `  For scripts, ${demo.service.username} has the token ${demo.service.token}:`,
      `    curl -H 'Authorization: Bearer ${demo.service.token}' ${demo.url}/api/v1/engines/local/images`,
      '',
      `  To see layers move, push ${demo.addresses.token}/shop/checkout:2.4.0 as ada, and watch it as lin in another browser.`,
      '  Ctrl-C ends everything and removes what it made.',
      '',
    ].join('\n'),
  );
} catch (error) {
  if (!stopping) {
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    await stop(1);
  }
}
