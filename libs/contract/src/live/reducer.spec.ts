import { describe, expect, it } from '@jest/globals';
import type { Actor } from '../access/schemas.js';
import type { LayerProgress, Operation, OperationSummary, ProgressSummary } from '../operations/schemas.js';
import type { OperationState } from '../operations/states.js';
import type { BoardEvent, BoardSnapshot, LiveMessage, OperationEvent, OperationSnapshot } from './messages.js';
import { keptEnded, keptLines, reduceBoard, reduceOperation } from './reducer.js';

const epoch = 'e1';
const anna: Actor = { type: 'user', id: '01990000-0000-7000-8000-000000000001', name: 'Anna' };
const at = '2026-11-24T10:00:00.000Z';

const progress = (bytesDone: number): ProgressSummary => ({
  phase: 'transferring',
  percent: null,
  bytesDone,
  bytesTotal: null,
  bytesPerSecond: null,
  secondsLeft: null,
  unit: 'compressed',
  layersDone: 0,
  layersTotal: 2,
  layersThere: 0,
  retryAt: null,
});
const layer = (id: string, bytesDone: number): LayerProgress => ({ id, state: 'moving', bytesDone, bytesTotal: 100 });
const lines = (from: number, count: number) => ({
  from,
  lines: Array.from({ length: count }, (_, index) => ({ at, text: `line ${from + index}` })),
});

function summary(id: string, state: OperationState = 'running'): OperationSummary {
  return {
    id,
    kind: 'image.push',
    state,
    engine: 'local',
    reference: 'registry.example/app:1',
    registry: { id: null, name: 'Example', address: 'registry.example' },
    credential: null,
    platform: null,
    actor: anna,
    participants: [],
    parentId: null,
    childIds: [],
    retryOf: null,
    queuePosition: null,
    attempt: 1,
    command: 'docker push registry.example/app:1',
    createdAt: at,
    startedAt: at,
    endedAt: null,
    progress: progress(0),
    result: null,
    error: null,
  };
}

const board = (operations: OperationSummary[] = []): BoardSnapshot => ({
  epoch,
  seq: 5,
  operations,
  engines: [],
  here: [],
  recordSeq: 7,
});
function snapshot(layers: LayerProgress[] = [], had = lines(0, 2)): OperationSnapshot {
  const operation: Operation = { ...summary('a'), progress: { ...progress(0), layers } };
  return { epoch, seq: 5, operation, watchers: [], lines: had };
}
const onBoard = (seq: number, event: BoardEvent, of = epoch): LiveMessage<BoardEvent> => ({
  room: 'board',
  epoch: of,
  seq,
  event,
});
const onOperation = (seq: number, event: OperationEvent, of = epoch): LiveMessage<OperationEvent> => ({
  room: 'operation:a',
  epoch: of,
  seq,
  event,
});
const texts = (state: OperationSnapshot) => state.lines.lines.map(({ text }) => text);

describe('the place of a message', () => {
  const here: BoardEvent = { type: 'here', actors: [anna] };

  it('next to the state’s: it is applied, and the state stands there', () => {
    expect(reduceBoard(board(), onBoard(6, here))).toEqual({
      state: { ...board(), here: [anna], seq: 6 },
      stale: false,
    });
    const told = reduceOperation(snapshot(), onOperation(6, { type: 'watchers', watchers: [anna] }));
    expect(told).toEqual({ state: { ...snapshot(), watchers: [anna], seq: 6 }, stale: false });
  });

  it.each([1, 5])('held by the snapshot already (%d): it is passed over', (seq) => {
    const before = board();
    const after = reduceBoard(before, onBoard(seq, here));
    expect(after.stale).toBe(false);
    expect(after.state).toBe(before);
  });

  it.each([7, 500])('after a gap (%d): nothing is applied and a fresh snapshot is asked for', (seq) => {
    const before = snapshot();
    const after = reduceOperation(before, onOperation(seq, { type: 'watchers', watchers: [anna] }));
    expect(after.stale).toBe(true);
    expect(after.state).toBe(before);
    expect(reduceBoard(board(), onBoard(seq, here))).toEqual({ state: board(), stale: true });
  });

  it.each([1, 6])('of another epoch (%d): a fresh snapshot is asked for, whatever its number', (seq) => {
    expect(reduceBoard(board(), onBoard(seq, here, 'e2'))).toEqual({ state: board(), stale: true });
    const told = reduceOperation(snapshot(), onOperation(seq, { type: 'watchers', watchers: [anna] }, 'e2'));
    expect(told).toEqual({ state: snapshot(), stale: true });
  });
});

describe('an operation', () => {
  it('merges the layers that changed, in their places, and appends the new ones', () => {
    const event: OperationEvent = {
      type: 'progress',
      progress: progress(60),
      layers: [layer('c', 10), layer('b', 50)],
    };
    const { state } = reduceOperation(snapshot([layer('a', 1), layer('b', 2)]), onOperation(6, event));
    expect(state.operation.progress).toEqual({
      ...progress(60),
      layers: [layer('a', 1), layer('b', 50), layer('c', 10)],
    });
  });

  it('keeps its layers when its state changes', () => {
    const ended = { ...summary('a', 'succeeded'), progress: progress(200) };
    const { state } = reduceOperation(
      snapshot([layer('a', 1)]),
      onOperation(6, { type: 'operation', operation: ended }),
    );
    expect(state.operation).toEqual({ ...ended, progress: { ...progress(200), layers: [layer('a', 1)] } });
  });

  it('appends lines, and passes over those that it has', () => {
    const { state } = reduceOperation(snapshot(), onOperation(6, { type: 'lines', ...lines(2, 1) }));
    expect(texts(state)).toEqual(['line 0', 'line 1', 'line 2']);
    const again = reduceOperation(snapshot(), onOperation(6, { type: 'lines', ...lines(0, 4) }));
    expect(texts(again.state)).toEqual(['line 0', 'line 1', 'line 2', 'line 3']);
    expect(texts(reduceOperation(snapshot(), onOperation(6, { type: 'lines', ...lines(0, 1) })).state)).toHaveLength(2);
  });

  it('goes on with lines where a late snapshot began in the middle', () => {
    const { state } = reduceOperation(snapshot([], lines(300, 2)), onOperation(6, { type: 'lines', ...lines(301, 3) }));
    expect(state.lines).toEqual(lines(300, 4));
  });

  it(`keeps the last ${keptLines} lines and their numbers`, () => {
    const { state } = reduceOperation(
      snapshot([], lines(10, keptLines)),
      onOperation(6, { type: 'lines', ...lines(10 + keptLines, 5) }),
    );
    expect(state.lines).toEqual(lines(15, keptLines));
  });
});

describe('the board', () => {
  it('puts a new operation first and a known one in its place', () => {
    const first = reduceBoard(board([summary('a'), summary('b')]), onBoard(6, opened('c')));
    expect(first.state.operations.map(({ id }) => id)).toEqual(['c', 'a', 'b']);
    const { state } = reduceBoard(first.state, onBoard(7, opened('a', 'failed')));
    expect(state.operations.map(({ id, state: now }) => [id, now])).toEqual([
      ['c', 'running'],
      ['a', 'failed'],
      ['b', 'running'],
    ]);
  });

  it('moves the progress of its operation only, and passes over one that it does not know', () => {
    const before = board([summary('a'), summary('b')]);
    const { state } = reduceBoard(before, onBoard(6, { type: 'progress', id: 'b', progress: progress(9) }));
    expect(state.operations.map((one) => one.progress.bytesDone)).toEqual([0, 9]);
    const other = reduceBoard(before, onBoard(6, { type: 'progress', id: 'z', progress: progress(9) }));
    expect(other).toEqual({ state: { ...before, seq: 6 }, stale: false });
  });

  it('holds a bounded number of ended operations, the newest, and all that have not ended', () => {
    let state = board([summary('runs')]);
    for (let n = 1; n <= keptEnded + 30; n += 1)
      state = reduceBoard(state, onBoard(state.seq + 1, opened(`o${n}`, 'succeeded'))).state;
    expect(state.operations).toHaveLength(keptEnded + 1);
    expect(state.operations.at(0)?.id).toBe(`o${keptEnded + 30}`);
    expect(state.operations.at(-1)?.id).toBe('runs');
  });

  it('never counts the record down', () => {
    const { state } = reduceBoard(board(), onBoard(6, { type: 'record', seq: 3 }));
    expect(state.recordSeq).toBe(7);
    expect(reduceBoard(state, onBoard(7, { type: 'record', seq: 9 })).state.recordSeq).toBe(9);
  });

  it('replaces the engine that changed and takes in a new one', () => {
    const engine = (slug: string, state: 'connected' | 'unreachable') => ({
      slug,
      name: slug,
      id: null,
      state,
      since: at,
      lastSeenAt: null,
      version: null,
      apiVersion: null,
      host: null,
      error: null,
    });
    const one = reduceBoard(board(), onBoard(6, { type: 'engine', engine: engine('local', 'connected') }));
    const two = reduceBoard(one.state, onBoard(7, { type: 'engine', engine: engine('other', 'connected') }));
    const three = reduceBoard(two.state, onBoard(8, { type: 'engine', engine: engine('local', 'unreachable') }));
    expect(three.state.engines).toEqual([engine('local', 'unreachable'), engine('other', 'connected')]);
  });

  it.each<BoardEvent>([{ type: 'images', engine: 'local' }, { type: 'registries' }])(
    'changes nothing but its place on what is only stale: $type',
    (event) => {
      expect(reduceBoard(board(), onBoard(6, event))).toEqual({ state: { ...board(), seq: 6 }, stale: false });
    },
  );

  function opened(id: string, state: OperationState = 'running'): BoardEvent {
    return { type: 'operation', operation: summary(id, state) };
  }
});
