import { describe, expect, it } from '@jest/globals';
import { figureText, short } from './report.ts';

describe('short', () => {
  it.each([
    [0, '0'],
    [0.01234, '0.0123'],
    [1.5, '1.5'],
    [12.345, '12.3'],
    [999.6, '1,000'],
    [3846.2, '3,846'],
  ])('writes %d as %s', (value, text) => {
    expect(short(value)).toBe(text);
  });
});

describe('figureText', () => {
  it('says figure, baseline, spread, ratio and what is reached or missed', () => {
    const text = figureText({
      name: 'list',
      unit: 'ms',
      ours: [2, 1, 3],
      baseline: { name: 'engine', values: [8, 8, 9] },
      targets: [
        { of: 'ratio', atMost: 0.5 },
        { of: 'figure', atLeast: 3 },
      ],
    });
    expect(text.split('\n').map((line) => line.trim().replace(/ {2,}/g, ' '))).toEqual([
      'list',
      'ours 2 ms least 1, most 3 of 3',
      'engine 8 ms least 8, most 9 of 3',
      'ratio 0.25',
      'to reach at most a ratio of 0.5: reached',
      'to reach at least 3 ms: MISSED',
    ]);
  });

  it('refuses a target of a ratio where there is no baseline', () => {
    expect(() => figureText({ name: 'x', unit: '', ours: [1], targets: [{ of: 'ratio', atMost: 1 }] })).toThrow(
      TypeError,
    );
  });
});
