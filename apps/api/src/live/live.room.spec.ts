import { describe, expect, it } from '@jest/globals';
import { Room, laggingBytes, type Viewer } from './live.room.js';

function roomOf(...ids: string[]) {
  const seen = new Map<string, number[]>(ids.map((id) => [id, []]));
  const sends: string[][] = [];
  const room = new Room<string>('board', 'e', (viewerIds, { seq }) => {
    sends.push(viewerIds);
    for (const id of viewerIds) seen.get(id)?.push(seq);
  });
  const waiting = new Map<string, number>();
  const viewers = ids.map((id): Viewer => ({ id, queued: () => waiting.get(id) ?? 0 }));
  viewers.forEach((viewer) => room.add(viewer));
  return { room, sends, waiting, seenBy: (id: string) => seen.get(id) };
}

describe('Room', () => {
  it('numbers its events without a gap', () => {
    const { room, seenBy } = roomOf('a');
    ['x', 'y', 'z'].forEach((event) => room.publish(event));
    expect(seenBy('a')).toEqual([1, 2, 3]);
  });

  it('sends each message once for all its viewers', () => {
    const { room, sends } = roomOf('a', 'b', 'c');
    room.publish('x');
    expect(sends).toEqual([['a', 'b', 'c']]);
  });

  it('passes over a slow viewer until it has caught up, and holds up nobody else', () => {
    const { room, waiting, seenBy } = roomOf('slow', 'quick');
    room.publish('1');
    waiting.set('slow', laggingBytes + 1);
    room.publish('2');
    waiting.set('slow', laggingBytes / 2);
    room.publish('3');
    waiting.set('slow', 0);
    room.publish('4');
    expect(seenBy('slow')).toEqual([1, 4]);
    expect(seenBy('quick')).toEqual([1, 2, 3, 4]);
  });

  it('sends nothing to who has left, nor to nobody', () => {
    const { room, sends } = roomOf('a');
    room.remove('a');
    room.publish('1');
    expect([sends, room.size, room.seq]).toEqual([[], 0, 1]);
  });
});
