import { describe, expect, it } from '@jest/globals';
import { draftOf } from '../common/actor-context.js';
import { anActor } from '../testing/operation.factory.js';
import { DenialFlood } from './denial-flood.js';

const denied = (id?: string) =>
  draftOf(anActor(id ? { id } : {}), {
    action: 'access.denied',
    phase: 'outcome',
    outcome: 'denied',
    details: { route: '/users' },
  });

describe('DenialFlood', () => {
  it('lets a hundred denials through one by one, and tells a loop as one event that counts', () => {
    const flood = new DenialFlood();
    const admitted = Array.from({ length: 1000 }, () => flood.admits(denied(), 1000)).filter(Boolean);
    expect(admitted).toHaveLength(120);
    expect(flood.settle(30_000)).toEqual([]);
    expect(flood.settle(61_001)).toMatchObject([
      { action: 'access.denied', details: { route: '/users', repeated: 880 } },
    ]);
    expect(flood.settle(70_000)).toEqual([]);
  });

  it('begins anew after a minute, and loses nothing that was counted', () => {
    const flood = new DenialFlood();
    for (let n = 0; n < 121; n += 1) flood.admits(denied(), 0);
    expect(flood.admits(denied(), 60_001)).toBe(true);
    expect(flood.settle(120_002)).toMatchObject([{ details: { repeated: 1 } }]);
  });

  it('counts each actor apart', () => {
    const flood = new DenialFlood();
    for (let n = 0; n < 500; n += 1) flood.admits(denied(), 0);
    expect(flood.admits(denied('01990000-0000-7000-8000-000000000002'), 1)).toBe(true);
  });
});
