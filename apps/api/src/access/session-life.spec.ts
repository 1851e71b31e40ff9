import { describe, expect, it } from '@jest/globals';
import { confirmedUntil, endOf, isAlive } from './session-life.js';

const hours = (count: number) => new Date(Date.UTC(2026, 0, 1) + count * 3_600_000);
const session = { lastSeenAt: hours(0), expiresAt: hours(14 * 24), revokedAt: null };

describe('a session', () => {
  it('ends after twelve idle hours', () => {
    expect(isAlive(session, hours(11.9))).toBe(true);
    expect(isAlive(session, hours(12))).toBe(false);
  });

  it('ends after fourteen days, however busy it is', () => {
    const busy = { ...session, lastSeenAt: hours(14 * 24 - 1) };
    expect(endOf(busy)).toEqual(hours(14 * 24));
    expect(isAlive(busy, hours(14 * 24))).toBe(false);
  });

  it('ends when it is revoked', () => {
    expect(isAlive({ ...session, revokedAt: hours(0) }, hours(0))).toBe(false);
  });
});

describe('confirmedUntil', () => {
  it('holds for ten minutes', () => {
    expect(confirmedUntil(hours(0), hours(0.1))).toEqual(new Date(hours(0).getTime() + 600_000));
    expect(confirmedUntil(hours(0), hours(1 / 6))).toBeNull();
    expect(confirmedUntil(null, hours(0))).toBeNull();
  });
});
