import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { queryClient } from '../api/query-client.js';
import { guardSession } from './guard-session.js';

const realFetch = globalThis.fetch;
const asked: string[] = [];

/** A server that knows nobody who asks. */
function serve({ setupRequired, status = 401 }: { setupRequired: boolean; status?: number }): void {
  globalThis.fetch = (input) => {
    const path = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
    asked.push(path);
    return Promise.resolve(
      path.endsWith('/setup') ? Response.json({ required: setupRequired }) : Response.json({}, { status }),
    );
  };
}
const to = (path: string, { open = false, query = '' } = {}) => ({
  path,
  fullPath: path + query,
  meta: open ? { open } : {},
});

beforeEach(() => {
  asked.length = 0;
  queryClient.clear();
});
afterEach(() => {
  globalThis.fetch = realFetch;
  queryClient.clear();
});

describe('guardSession', () => {
  it('leads to the set-up while nobody exists, from the login too', async () => {
    serve({ setupRequired: true });
    expect(await guardSession(to('/'))).toEqual({ path: '/welcome' });
    expect(await guardSession(to('/login', { open: true }))).toEqual({ path: '/welcome' });
  });

  it('leads to the login and back to where one wanted to go', async () => {
    serve({ setupRequired: false });
    expect(await guardSession(to('/record', { query: '?actor=a' }))).toEqual({
      path: '/login',
      query: { to: '/record?actor=a' },
    });
    expect(await guardSession(to('/'))).toEqual({ path: '/login', query: {} });
  });

  it.each([true, false])(
    'leads nowhere from where it led to, even without such a route (set-up required: %s)',
    async (setupRequired) => {
      serve({ setupRequired });
      let at = to('/');
      for (let hops = 0; ; hops += 1) {
        expect(hops).toBeLessThan(3);
        const answer = await guardSession(at);
        if (answer === true) break;
        at = to((answer as { path: string }).path);
      }
      expect(asked.length).toBeLessThan(5);
    },
  );

  it('asks nothing about a page that is open to everybody', async () => {
    serve({ setupRequired: true });
    expect(await guardSession(to('/join', { open: true }))).toBe(true);
    expect(asked).toEqual([]);
  });

  it('stays where a server that is in trouble does not tell who is there', async () => {
    serve({ setupRequired: false, status: 503 });
    expect(await guardSession(to('/images'))).toBe(true);
  });
});
