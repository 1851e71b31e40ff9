import { describe, expect, it } from '@jest/globals';
import { anOperation } from '../testing/operation.factory.js';
import { emptyProgress } from './empty-progress.js';
import { familyEnding, familyProgress } from './family-progress.js';

const moving = (percent: number, bytesDone: number, bytesTotal: number | null) =>
  anOperation({ progress: { ...emptyProgress, percent, bytesDone, bytesTotal, bytesPerSecond: 10 } });
const ended = (state: 'succeeded' | 'failed' | 'cancelled') =>
  anOperation({ state, endedAt: '2026-11-24T10:01:00.000Z' });

describe('familyProgress', () => {
  it('sums bytes and averages percents, below 100 until all have ended', () => {
    expect(familyProgress([moving(50, 5, 10), moving(100, 20, 20)])).toMatchObject({
      percent: 75,
      bytesDone: 25,
      bytesTotal: 30,
      bytesPerSecond: 20,
    });
    expect(familyProgress([ended('succeeded'), ended('succeeded')]).percent).toBe(99);
  });
  it('knows no total while one child knows none', () =>
    expect(familyProgress([moving(1, 1, 10), moving(0, 0, null)]).bytesTotal).toBeNull());
});

describe('familyEnding', () => {
  it('succeeds only where all did', () => {
    expect(familyEnding(anOperation(), [ended('succeeded'), ended('succeeded')]).state).toBe('succeeded');
    const mixed = familyEnding(anOperation(), [ended('succeeded'), ended('failed'), ended('cancelled')]);
    expect(mixed).toMatchObject({ state: 'failed', error: { code: 'operation.children_failed' } });
    expect(mixed.error?.message).toContain('2 of 3');
    expect(familyEnding(anOperation(), [ended('succeeded'), ended('cancelled')]).state).toBe('cancelled');
  });
});
