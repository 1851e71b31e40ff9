import { describe, expect, it } from '@jest/globals';
import { Progress } from '@waybill/contract';
import type { EngineLine } from '../stream/engine-line.js';
import { recorded } from '../testing/recorded.js';
import { createTransferProgress, type TransferProgress } from './transfer-progress.js';

const MB = 1_000_000;
const moving = (id: string, current: number, total?: number, status = 'Pushing'): EngineLine => ({
  id,
  status,
  progressDetail: { current, ...(total === undefined ? {} : { total }) },
});
const says = (id: string, status: string): EngineLine => ({ id, status });

/** Looks after each line whether the rules hold that hold for any lines whatever. @returns the rules that were broken */
function brokenRules(progress: TransferProgress, lines: readonly EngineLine[]): string[] {
  const broken = new Set<string>();
  const hold = (rule: string, holds: boolean): void => void (holds || broken.add(rule));
  let percent = 0;
  let bytes = 0;
  lines.forEach((line, index) => {
    progress.accept(line, index * 50);
    const seen = progress.snapshot();
    if (index % 25 === 0) hold('the contract’s form', Progress.safeParse(seen).success);
    hold('the percent never falls', seen.percent === null || seen.percent >= percent);
    hold('at most 99 before the end', seen.percent === null || seen.percent <= 99);
    hold('bytes never fall', seen.bytesDone >= bytes);
    hold('no more bytes than there are', seen.bytesTotal === null || seen.bytesDone <= seen.bytesTotal);
    hold(
      'no layer beyond its total',
      seen.layers.every((one) => one.bytesTotal === null || one.bytesDone <= one.bytesTotal),
    );
    hold('no more layers done than there are', seen.layersDone <= seen.layersTotal);
    percent = seen.percent ?? percent;
    bytes = seen.bytesDone;
  });
  progress.finish();
  const end = progress.snapshot();
  hold('the contract’s form at the end', Progress.safeParse(end).success);
  hold('100 at the end', end.percent === 100 && end.phase === 'done' && end.secondsLeft === null);
  hold('all bytes at the end', end.bytesTotal === end.bytesDone && end.bytesDone >= bytes);
  return [...broken];
}

/** A small generator with a seed, so that a failure can be seen again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const streams = [...recorded('ok'), ...recorded('not-ok')].filter(({ lines }) => lines.length > 0);

describe('TransferProgress on recorded streams', () => {
  it.each(streams)('never runs backwards nor beyond its end on $name', ({ kind, engine, lines }) => {
    expect(brokenRules(createTransferProgress({ kind, containerdStore: engine === 'modern' }), lines)).toEqual([]);
  });

  it.each(streams)('holds the same rules on $name shuffled', ({ kind, engine, lines, name }) => {
    const next = random(name.length * 7919);
    for (let round = 0; round < 5; round += 1) {
      const shuffled = lines.map((line) => ({ line, at: next() })).sort((a, b) => a.at - b.at);
      const progress = createTransferProgress({ kind, containerdStore: engine === 'modern' });
      expect(
        brokenRules(
          progress,
          shuffled.map(({ line }) => line),
        ),
      ).toEqual([]);
    }
  });

  it.each(recorded('ok').filter(({ name }) => /fresh|large|many/.test(name)))(
    'sums $name to the bytes of its layers and reads the digest',
    ({ kind, engine, lines }) => {
      const progress = createTransferProgress({ kind, containerdStore: engine === 'modern' });
      lines.forEach((line, index) => progress.accept(line, index));
      const before = progress.snapshot();
      const totals = new Map(
        lines.flatMap(({ id, status, progressDetail: detail }) => {
          const counts = status === 'Pushing' || status === 'Downloading';
          return id && counts && detail?.total ? [[id, detail.total] as const] : [];
        }),
      );
      const sum = [...totals.values()].reduce((a, b) => a + b, 0);
      expect(before).toMatchObject({
        bytesDone: sum,
        bytesTotal: sum,
        percent: 99,
        phase: 'finishing',
        layersThere: 0,
      });
      expect(before.layersDone).toBe(before.layersTotal);
      expect(before.layersTotal).toBeGreaterThanOrEqual(totals.size);
      expect(progress.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      if (kind === 'push') expect(progress.manifestSize).toBeGreaterThan(500);
      else expect(progress.status).toMatch(/^Downloaded newer image for /);
    },
  );

  it.each(recorded('ok').filter(({ name }) => /exists|mounted|up-to-date/.test(name)))(
    'counts no bytes where all was there ($name)',
    ({ kind, lines, name }) => {
      const progress = createTransferProgress({ kind });
      lines.forEach((line, index) => progress.accept(line, index));
      progress.finish();
      const end = progress.snapshot();
      expect(end).toMatchObject({ percent: 100, bytesDone: 0, bytesTotal: 0 });
      expect(end.layersThere).toBe(end.layersTotal);
      expect(end.layersTotal).toBe(name.includes('up-to-date') ? 0 : 4);
      if (name.includes('mounted')) expect(end.layers.every((one) => one.mountedFrom === 'team/app')).toBe(true);
    },
  );

  it('shows the new tries of a push whose registry went away for a moment', () => {
    const bounced = streams.find(({ name }) => name === 'old-push-registry-bounced');
    const progress = createTransferProgress({ kind: 'push' });
    const states = (bounced?.lines ?? []).map((line, index) => {
      progress.accept(line, index);
      return progress.snapshot().layers.map((one) => one.state);
    });
    expect(states.flat()).toContain('retrying');
    expect(progress.snapshot()).toMatchObject({ percent: 99, phase: 'finishing' });
  });
});

describe('TransferProgress', () => {
  it('knows no percent until every layer that moves has told its size', () => {
    const progress = createTransferProgress({ kind: 'push' });
    progress.accept(says('a', 'Preparing'), 0);
    progress.accept(says('b', 'Preparing'), 0);
    expect(progress.summary()).toMatchObject({ phase: 'preparing', percent: null, bytesTotal: null });
    progress.accept(moving('a', 5 * MB, 10 * MB), 100);
    expect(progress.summary()).toMatchObject({
      phase: 'transferring',
      percent: null,
      bytesDone: 5 * MB,
      bytesTotal: null,
      secondsLeft: null,
    });
    progress.accept(moving('b', 0, 10 * MB), 200);
    expect(progress.summary()).toMatchObject({ percent: 25, bytesDone: 5 * MB, bytesTotal: 20 * MB });
  });

  it('takes sizes that are known before, and the engine’s own word over them', () => {
    const sizes = new Map([
      ['a', 10 * MB],
      ['b', 30 * MB],
    ]);
    const progress = createTransferProgress({ kind: 'pull' });
    progress.expect(sizes);
    progress.accept(says('a', 'Pulling fs layer'), 0);
    progress.accept(says('b', 'Waiting'), 0);
    progress.accept(moving('a', 4 * MB, undefined, 'Downloading'), 10);
    expect(progress.summary()).toMatchObject({ percent: 10, bytesTotal: 40 * MB });
    progress.accept(moving('b', 0, 10 * MB, 'Downloading'), 20);
    expect(progress.summary()).toMatchObject({ percent: 20, bytesTotal: 20 * MB });
  });

  it('does not fall when the engine tries a layer again', () => {
    const progress = createTransferProgress({ kind: 'push' });
    progress.accept(moving('a', 8 * MB, 10 * MB), 0);
    progress.accept(says('a', 'Retrying in 5 seconds'), 1000);
    expect(progress.snapshot()).toMatchObject({
      percent: 80,
      layers: [{ state: 'retrying', bytesDone: 0, bytesTotal: 10 * MB }],
    });
    progress.accept(moving('a', 1 * MB, 10 * MB), 2000);
    expect(progress.summary().percent).toBe(80);
    progress.accept(moving('a', 9 * MB, 10 * MB), 3000);
    expect(progress.summary().percent).toBe(90);
  });

  it('is 99 until the engine has said that all is done', () => {
    const progress = createTransferProgress({ kind: 'push' });
    progress.accept(moving('a', 30_001_664, 30_000_000), 0);
    expect(progress.snapshot()).toMatchObject({
      percent: 99,
      bytesDone: 30_000_000,
      layers: [{ bytesDone: 30_000_000 }],
    });
    progress.accept(says('a', 'Pushed'), 1);
    expect(progress.summary()).toMatchObject({ percent: 99, phase: 'finishing' });
    progress.finish();
    expect(progress.summary().percent).toBe(100);
    progress.accept(moving('a', 1, 30_000_000), 2);
    expect(progress.summary()).toMatchObject({ percent: 100, bytesDone: 30_000_000, phase: 'done' });
  });

  it('shows unpacking without counting it', () => {
    const progress = createTransferProgress({ kind: 'pull' });
    progress.accept(moving('a', 10 * MB, 10 * MB, 'Downloading'), 0);
    progress.accept(says('a', 'Download complete'), 1);
    progress.accept({ id: 'a', status: 'Extracting', progressDetail: { current: 3, units: 's' } }, 2);
    expect(progress.snapshot()).toMatchObject({
      phase: 'unpacking',
      percent: 99,
      bytesDone: 10 * MB,
      layers: [{ state: 'unpacking', bytesDone: 10 * MB }],
    });
  });

  it('does not take the tag in “Pulling from” for a layer', () => {
    const progress = createTransferProgress({ kind: 'pull' });
    progress.accept({ id: 'latest', status: 'Pulling from library/busybox' }, 0);
    expect(progress.summary().layersTotal).toBe(0);
  });

  it('says what the bytes are', () => {
    expect(createTransferProgress({ kind: 'push' }).summary().unit).toBe('uncompressed');
    expect(createTransferProgress({ kind: 'push', containerdStore: true }).summary().unit).toBe('compressed');
    expect(createTransferProgress({ kind: 'pull' }).summary().unit).toBe('compressed');
  });

  it('tells rate and time left out of the last five seconds', () => {
    const progress = createTransferProgress({ kind: 'push' });
    progress.accept(moving('a', 0, 100 * MB), 0);
    expect(progress.summary()).toMatchObject({ bytesPerSecond: null, secondsLeft: null });
    for (let second = 1; second <= 10; second += 1) progress.accept(moving('a', second * MB, 100 * MB), second * 1000);
    expect(progress.summary()).toMatchObject({ bytesPerSecond: 1 * MB, secondsLeft: 90 });
    for (let second = 1; second <= 6; second += 1)
      progress.accept(moving('a', (10 + 5 * second) * MB, 100 * MB), (10 + second) * 1000);
    expect(progress.summary()).toMatchObject({ bytesPerSecond: 5 * MB, secondsLeft: 12 });
    expect(progress.summary(60_000)).toMatchObject({ bytesPerSecond: 0, secondsLeft: null });
  });

  it('gives only the layers that changed since the last take', () => {
    const progress = createTransferProgress({ kind: 'push' });
    progress.accept(says('a', 'Preparing'), 0);
    progress.accept(says('b', 'Layer already exists'), 0);
    expect(progress.takeChanges().layers.map(({ id }) => id)).toEqual(['a', 'b']);
    progress.accept(moving('a', 1, 10), 0);
    progress.accept(moving('a', 2, 10), 0);
    expect(progress.takeChanges()).toMatchObject({
      layers: [{ id: 'a', state: 'moving', bytesDone: 2 }],
      progress: { layersThere: 1, layersTotal: 2 },
    });
    expect(progress.takeChanges().layers).toEqual([]);
  });

  it('shows a back-off until the next try’s first line, and keeps the percent', () => {
    const progress = createTransferProgress({ kind: 'push' });
    progress.accept(moving('a', 5 * MB, 10 * MB), 0);
    progress.backOff('2026-01-01T00:00:30.000Z');
    expect(progress.summary()).toMatchObject({
      phase: 'backing_off',
      retryAt: '2026-01-01T00:00:30.000Z',
      percent: 50,
    });
    progress.accept(says('a', 'Preparing'), 30_000);
    expect(progress.summary()).toMatchObject({ phase: 'transferring', retryAt: null, percent: 50 });
  });

  it('holds its rules on lines that nobody would say', () => {
    const next = random(42);
    const statuses = [
      'Preparing',
      'Waiting',
      'Pushing',
      'Pushed',
      'Layer already exists',
      'Mounted from x',
      'Retrying in 3 seconds',
      'Nonsense',
      'Downloading',
      'Extracting',
      'Pull complete',
      'Verifying Checksum',
      'Download complete',
      'Already exists',
    ];
    for (const kind of ['push', 'pull'] as const) {
      for (let round = 0; round < 30; round += 1) {
        const lines = Array.from({ length: 200 }, (): EngineLine => {
          const detail = { current: Math.floor(next() ** 4 * 1e15), total: Math.floor(next() ** 4 * 1e15) };
          return {
            id: `layer${Math.floor(next() * 8)}`,
            status: statuses[Math.floor(next() * statuses.length)] ?? '',
            ...(next() < 0.7 ? { progressDetail: next() < 0.8 ? detail : { current: detail.current } } : {}),
          };
        });
        expect(brokenRules(createTransferProgress({ kind }), lines)).toEqual([]);
      }
    }
  });

  it('keeps no more layers than any image has', () => {
    const progress = createTransferProgress({ kind: 'push' });
    for (let index = 0; index < 5000; index += 1) progress.accept(says(`layer${index}`, 'Preparing'), 0);
    expect(progress.summary().layersTotal).toBe(2000);
  });
});
