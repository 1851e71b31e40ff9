import { SetupService } from '../access/setup.service.js';
import type { RunningServer } from '../server.js';

/** Says on the terminal where Waybill is and, while nobody has set it up, the code that makes the first admin. */
export function greet(
  server: RunningServer,
  write: (text: string) => void = (text) => process.stdout.write(text),
): void {
  write(`\n  Waybill is at ${server.url}\n`);
  const code = server.app.get(SetupService, { strict: false }).setupCode;
  if (code)
    write(`\n  Nobody has set it up yet. Setup code: ${code}\n  Open the page and enter it to make the first admin.\n`);
  write('\n');
}
