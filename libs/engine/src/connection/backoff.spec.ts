import { describe, expect, it } from '@jest/globals';
import { backoffMs, pause } from './backoff.js';
import { SeenEvents } from './seen-events.js';

describe('backoffMs', () => {
  it('doubles from half a second to thirty', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 1000].map(backoffMs)).toEqual([
      500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  it('is cut short by a signal', async () => {
    const abort = new AbortController();
    const paused = pause(60_000, abort.signal);
    abort.abort();
    await expect(Promise.all([paused, pause(60_000, abort.signal)])).resolves.toHaveLength(2);
  });
});

describe('SeenEvents', () => {
  const event = (stamp: string, id = 'a') => ({ stamp, id, type: 'image', action: 'tag', at: '', attributes: {} });

  it('knows an event again, and one of the same moment apart', () => {
    const seen = new SeenEvents();
    expect([event('1.0'), event('1.0'), event('1.0', 'b'), event('2.0')].map((one) => seen.add(one))).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('forgets what is older than an engine can tell again', () => {
    const seen = new SeenEvents();
    for (let index = 0; index < 1000; index += 1) seen.add(event(`${index}.0`));
    expect(seen.add(event('999.0'))).toBe(false);
    expect(seen.add(event('0.0'))).toBe(true);
  });
});
