// A process of its own that works on a database: `write` makes users one after another and says each id once it is
// acknowledged; `open` opens and says so.
import { writeSync } from 'node:fs';
import { openDatabase } from '../index.js';
import { userRow } from './user-row.js';

const [task = '', options = '{}'] = process.argv.slice(2);
const say = (line: string): void => void writeSync(1, `${line}\n`);

try {
  const database = await openDatabase(JSON.parse(options) as { url?: string; folder?: string });
  say('opened');
  if (task === 'write') {
    let next = 0;
    const writer = async (): Promise<void> => {
      for (;;) {
        const id = `user-${next++}`;
        if (next % 3 === 0) await database.transaction((client) => client.user.create({ data: userRow(id) }));
        else await database.client.user.create({ data: userRow(id) });
        say(id);
      }
    };
    await Promise.all(Array.from({ length: 8 }, writer));
  }
  await database.close();
} catch (error) {
  say(`refused: ${(error as Error).message}`);
}
