import { describe, expect, it } from '@jest/globals';
import { Room, laggingBytes, type Viewer } from './live.room.js';

function viewer(id: string) {
  const seen: number[] = [];
  const state = { queued: 0 };
  const one: Viewer<string> = { id, queued: () => state.queued, send: ({ seq }) => void seen.push(seq) };
  return { one, seen, state };
}

describe('Room', () => {
  it('numbers its events without a gap', () => {
    const room = new Room<string>('board', 'e');
    const a = viewer('a');
    room.add(a.one);
    ['x', 'y', 'z'].forEach((event) => room.publish(event));
    expect(a.seen).toEqual([1, 2, 3]);
  });

  it('passes over a slow viewer until it has caught up, and holds up nobody else', () => {
    const room = new Room<string>('board', 'e');
    const slow = viewer('slow');
    const quick = viewer('quick');
    room.add(slow.one);
    room.add(quick.one);
    room.publish('1');
    slow.state.queued = laggingBytes + 1;
    room.publish('2');
    slow.state.queued = laggingBytes / 2;
    room.publish('3');
    slow.state.queued = 0;
    room.publish('4');
    expect(slow.seen).toEqual([1, 4]);
    expect(quick.seen).toEqual([1, 2, 3, 4]);
  });

  it('sends nothing to who has left', () => {
    const room = new Room<string>('board', 'e');
    const a = viewer('a');
    room.add(a.one);
    room.remove('a');
    room.publish('1');
    expect([a.seen, room.size]).toEqual([[], 0]);
  });
});
