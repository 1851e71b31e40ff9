import { readConfig } from './config/config.js';
import { startServer } from './server.js';
import { greet } from './common/greeting.js';
import { tidyAfterStart } from './common/tidy-after-start.js';

try {
  const server = await startServer(readConfig(process.env));
  greet(server);
  tidyAfterStart();
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await server.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
