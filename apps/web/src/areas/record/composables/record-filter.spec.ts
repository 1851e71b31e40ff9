import { describe, expect, it } from '@jest/globals';
import { isNarrowed, listQuery, readFilter, spanQuery, writeFilter } from './record-filter.js';

const now = Date.parse('2026-11-24T12:00:00.000Z');

describe('readFilter', () => {
  it('passes over what the record does not know', () => {
    const filter = readFilter({
      action: ['image.push', 'no.such'],
      outcome: 'denied',
      span: 'century',
      from: 'yesterday',
    });
    expect(filter).toMatchObject({ action: ['image.push'], outcome: ['denied'], span: 'week', from: null });
  });

  it('looks for the events of an operation in all time', () => {
    expect(readFilter({ operation: 'x' }).span).toBe('all');
    expect(readFilter({ operation: 'x', span: 'day' }).span).toBe('day');
  });

  it('is the inverse of writeFilter, which leaves out what is normal', () => {
    const query = { actor: 'a', action: ['image.push'], tag: '1.*', from: '2026-11-23T00:00:00.000Z', intents: 'true' };
    expect(writeFilter(readFilter(query))).toEqual(query);
    expect(writeFilter(readFilter({}))).toEqual({});
  });
});

describe('what the API is asked', () => {
  it('leaves intents out unless they are wanted', () => {
    expect(spanQuery(readFilter({ span: 'all' }), now)['phase']).toEqual(['outcome', 'observed']);
    expect(spanQuery(readFilter({ span: 'all', intents: 'true' }), now)['phase']).toContain('intent');
  });

  it('lists the drawn part of the span and shows the whole of it on the histogram', () => {
    const filter = readFilter({ span: 'day', from: '2026-11-24T06:00:00.000Z', to: '2026-11-24T07:00:00.000Z' });
    expect(spanQuery(filter, now)).toMatchObject({ from: '2026-11-23T12:00:00.000Z', to: '2026-11-24T12:00:00.000Z' });
    expect(listQuery(filter, now)).toMatchObject({ from: '2026-11-24T06:00:00.000Z', to: '2026-11-24T07:00:00.000Z' });
  });
});

describe('isNarrowed', () => {
  it('is told of what is asked for, not of the span', () => {
    expect(isNarrowed(readFilter({ span: 'month' }))).toBe(false);
    expect(isNarrowed(readFilter({ outcome: 'failed' }))).toBe(true);
  });
});
