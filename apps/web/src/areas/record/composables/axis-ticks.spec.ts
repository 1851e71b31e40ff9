import { describe, expect, it } from '@jest/globals';
import { axisTicks } from './axis-ticks.js';

const at = (text: string): number => new Date(text).getTime();

describe('axisTicks', () => {
  it('marks the midnights of a week', () => {
    const ticks = axisTicks(at('2026-11-17T12:00:00'), at('2026-11-24T12:00:00'), 'en');
    expect(ticks.map(({ label }) => label)).toEqual([
      'Nov 18',
      'Nov 19',
      'Nov 20',
      'Nov 21',
      'Nov 22',
      'Nov 23',
      'Nov 24',
    ]);
    expect(ticks[0]?.share).toBeCloseTo(0.5 / 7);
  });

  it('marks hours within a day, and never more than nine in all', () => {
    expect(axisTicks(at('2026-11-24T00:00:00'), at('2026-11-25T00:00:00'), 'en')[1]?.label).toBe('03:00');
    expect(axisTicks(at('2020-01-01T00:00:00'), at('2026-01-01T00:00:00'), 'en').length).toBeLessThanOrEqual(9);
  });

  it('marks nothing where there is no time', () => {
    expect(axisTicks(1, 1, 'en')).toEqual([]);
  });
});
