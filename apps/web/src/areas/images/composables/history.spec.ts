import { describe, expect, it } from '@jest/globals';
import { historySteps } from './history.js';

const step = (createdBy: string, size = 0) => ({
  id: '<missing>',
  createdAt: '2026-11-24T10:00:00.000Z',
  createdBy,
  size,
  comment: '',
  tags: [],
});

describe('historySteps', () => {
  it.each([
    ['/bin/sh -c #(nop)  CMD ["node"]', 'CMD', '["node"]'],
    ['/bin/sh -c apt-get update', 'RUN', 'apt-get update'],
    ['RUN /bin/sh -c make all # buildkit', 'RUN', 'make all'],
    ['RUN |1 A=b /bin/sh -c echo $A # buildkit', 'RUN', 'echo $A'],
    ['|1 A=b /bin/sh -c echo $A', 'RUN', 'echo $A'],
    ['COPY . /app # buildkit', 'COPY', '. /app'],
    ['Imported from -', '', 'Imported from -'],
  ])('reads %j as %s', (createdBy, verb, rest) => {
    expect(historySteps([step(createdBy)])[0]).toMatchObject({ verb, rest });
  });

  it('measures each step against the largest', () => {
    expect(historySteps([step('RUN a', 50), step('RUN b', 200)]).map(({ share }) => share)).toEqual([0.25, 1]);
  });
});
