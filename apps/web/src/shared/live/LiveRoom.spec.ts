import { describe, expect, it } from '@jest/globals';
import type { Ack, LiveMessage, Reduced } from '@waybill/contract';
import { LiveRoom } from './LiveRoom.js';

interface State {
  epoch: string;
  seq: number;
  sum: number;
}

function reduce(state: State, message: LiveMessage<number>): Reduced<State> {
  if (message.epoch !== state.epoch || message.seq > state.seq + 1) return { state, stale: true };
  if (message.seq <= state.seq) return { state, stale: false };
  return { state: { ...state, seq: message.seq, sum: state.sum + message.event }, stale: false };
}

const delta = (seq: number, event: number, epoch = 'a'): LiveMessage<number> => ({ room: 'board', epoch, seq, event });
const snapshot = (seq: number, sum: number, epoch = 'a'): Ack<State> => ({ ok: true, data: { epoch, seq, sum } });

function world() {
  const asked: ((answer: Ack<State>) => void)[] = [];
  const seen: { sum: number; fresh: boolean }[] = [];
  const room = new LiveRoom<State, number>({
    join: (ack) => asked.push(ack),
    reduce,
    onState: ({ sum }, fresh) => seen.push({ sum, fresh }),
    onRefused: () => undefined,
  });
  return { room, asked, seen };
}

describe('a room of the live line', () => {
  it('reads deltas after its snapshot', () => {
    const { room, asked, seen } = world();
    room.join();
    asked[0]?.(snapshot(4, 10));
    room.receive(delta(5, 1));
    expect(seen).toEqual([
      { sum: 10, fresh: true },
      { sum: 11, fresh: false },
    ]);
  });

  it('keeps a delta that overtakes the answer, and passes over one that the snapshot holds', () => {
    const { room, asked, seen } = world();
    room.join();
    room.receive(delta(4, 100));
    room.receive(delta(5, 1));
    asked[0]?.(snapshot(4, 10));
    expect(seen.at(-1)).toEqual({ sum: 11, fresh: false });
    expect(asked).toHaveLength(1);
  });

  it('asks once for a fresh snapshot at a gap, however many deltas follow', () => {
    const { room, asked, seen } = world();
    room.join();
    asked[0]?.(snapshot(1, 0));
    room.receive(delta(7, 1));
    room.receive(delta(8, 1));
    expect(asked).toHaveLength(2);
    asked[1]?.(snapshot(8, 50));
    expect(seen.at(-1)).toEqual({ sum: 50, fresh: true });
  });

  it('asks anew when the server has started anew', () => {
    const { room, asked } = world();
    room.join();
    asked[0]?.(snapshot(1, 0));
    room.receive(delta(2, 1, 'b'));
    expect(asked).toHaveLength(2);
  });

  it('hears nothing after it was left, and no late answer either', () => {
    const { room, asked, seen } = world();
    room.join();
    room.leave();
    asked[0]?.(snapshot(1, 0));
    room.receive(delta(2, 1));
    expect(seen).toEqual([]);
  });
});
