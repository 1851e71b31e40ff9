import { describe, expect, it } from '@jest/globals';
import { shownBy } from './lags.ts';

const layer = (id: string, bytesDone: number, bytesTotal: number | null = 10) => ({ id, bytesDone, bytesTotal });

describe('shownBy', () => {
  it('finds a line of the transcript by its text, in order', () => {
    const lines = ['a', 'b', 'a'].map((text, at) => ({ at, text }));
    const messages = [
      { layers: [], texts: ['a'], firstAt: 1 },
      { layers: [], texts: ['b', 'a'], firstAt: 3 },
    ];
    expect(shownBy(lines, messages)).toEqual([0, 1, 1]);
  });

  it('finds progress in the first message that is at least as far and not from before the line', () => {
    const lines = [
      { at: 1, text: 'x', id: 'a', current: 3 },
      { at: 2, text: 'y', id: 'a', current: 12 },
      { at: 5, text: 'z', id: 'a', current: 12 },
      { at: 5, text: 'w', id: 'b', current: 1 },
    ];
    const messages = [
      { layers: [layer('a', 2)], texts: [], firstAt: 1.5 },
      { layers: [layer('a', 10)], texts: [], firstAt: 4 },
      { layers: [layer('a', 10)], texts: [], firstAt: 6 },
    ];
    expect(shownBy(lines, messages)).toEqual([1, 1, 2, null]);
  });
});
