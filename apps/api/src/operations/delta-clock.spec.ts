import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DeltaClock } from './delta-clock.js';

describe('DeltaClock', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('tells the first change at once and merges what follows to ten a second', () => {
    const told: number[] = [];
    const clock = new DeltaClock(() => told.push(Date.now()));
    for (let ms = 0; ms < 1000; ms += 5) {
      clock.mark();
      jest.advanceTimersByTime(5);
    }
    expect(told.length).toBeGreaterThanOrEqual(10);
    expect(told.length).toBeLessThanOrEqual(11);
  });

  it('tells what is untold when it ends, and nothing afterwards', () => {
    let told = 0;
    const clock = new DeltaClock(() => (told += 1));
    clock.mark();
    clock.mark();
    clock.end();
    jest.advanceTimersByTime(1000);
    expect(told).toBe(2);
  });
});
