import { describe, expect, it } from '@jest/globals';
import { FairQueue } from './fair-queue.js';

function filled(atOnce: number, ...waiting: string[]): FairQueue {
  const queue = new FairQueue(atOnce);
  waiting.forEach((text) => queue.add({ owner: text[0] ?? '', id: text }));
  return queue;
}

function drain(queue: FairQueue): string[] {
  const order: string[] = [];
  for (let one = queue.next(); one; one = queue.next()) {
    order.push(one.id);
    queue.remove(one.id);
  }
  return order;
}

describe('FairQueue', () => {
  it('runs no more at once than it may', () => {
    const queue = filled(2, 'a1', 'b1', 'c1');
    expect([queue.next()?.id, queue.next()?.id, queue.next()]).toEqual(['a1', 'b1', null]);
    queue.remove('a1');
    expect(queue.next()?.id).toBe('c1');
  });

  it('lets a colleague with one pass somebody with many', () => {
    expect(drain(filled(1, 'a1', 'a2', 'a3', 'b1', 'c1'))).toEqual(['a1', 'b1', 'c1', 'a2', 'a3']);
  });

  it('prefers who has nothing running', () => {
    const queue = filled(2, 'a1', 'a2', 'b1');
    expect([queue.next()?.id, queue.next()?.id]).toEqual(['a1', 'b1']);
  });

  it('says the places of those that wait as they will run', () => {
    const queue = filled(1, 'a1', 'a2', 'a3', 'b1');
    queue.next();
    expect(queue.positions()).toEqual(['b1', 'a2', 'a3']);
  });

  it('says the places of two hundred fast enough to be asked at each turn', () => {
    const queue = filled(3, ...Array.from({ length: 200 }, (_, at) => `${String.fromCharCode(97 + (at % 20))}${at}`));
    const begun = performance.now();
    for (let turn = 0; turn < 20; turn += 1) queue.positions();
    expect(performance.now() - begun).toBeLessThan(400);
  });

  it('takes out who waits, and says so of who is not there', () => {
    const queue = filled(1, 'a1', 'a2');
    expect(queue.remove('a2')).toBe(true);
    expect(queue.remove('a2')).toBe(false);
    expect(drain(queue)).toEqual(['a1']);
  });
});
