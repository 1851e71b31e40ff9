import { describe, expect, it } from '@jest/globals';
import { quantile, spreadOf } from './statistics.ts';

describe('quantile', () => {
  it('takes the nearest rank, whatever the order', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([0, 0.5, 0.99, 1].map((q) => quantile(values, q))).toEqual([1, 50, 99, 100]);
    expect([0, 0.5, 0.99, 1].map((q) => quantile([7], q))).toEqual([7, 7, 7, 7]);
  });

  it('refuses to make a figure out of nothing', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});

describe('spreadOf', () => {
  it('says the least, the middle and the most', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ least: 1, median: 2, most: 3 });
  });
});
