import { describe, expect, it } from '@jest/globals';
import { recorded } from '../testing/recorded.js';
import { transcriptText } from './transcript-text.js';
import { createTranscript } from './transcript.js';

const at = '2026-01-01T00:00:00.000Z';

describe('transcriptText', () => {
  it.each([
    [{ status: 'The push refers to repository [r/a]' }, 'The push refers to repository [r/a]'],
    [{ id: '5f00c6e8d3a1', status: 'Waiting' }, '5f00c6e8d3a1: Waiting'],
    [
      { id: '5f00c6e8d3a1', status: 'Pushing', progressDetail: { current: 1_200_000, total: 20_000_000 } },
      `5f00c6e8d3a1: Pushing [===>${' '.repeat(46)}] 1.2MB/20MB`,
    ],
    [
      { id: 'a', status: 'Pushing', progressDetail: { current: 2048, total: 20 } },
      `a: Pushing [${'='.repeat(50)}] 20B/20B`,
    ],
    [{ id: 'a', status: 'Downloading', progressDetail: { current: 66_048 } }, 'a: Downloading 66.05kB'],
    [{ id: 'a', status: 'Extracting', progressDetail: { current: 3, units: 's' } }, 'a: Extracting 3 s'],
    [{ id: 'a', status: 'Download complete', progressDetail: {} }, 'a: Download complete'],
    [{ error: 'denied' }, 'Error: denied'],
    [{ aux: { digest: 'sha256:x' } }, ''],
  ])('writes %j as docker does', (line, text) => {
    expect(transcriptText(line)).toBe(text);
  });
});

describe('TranscriptKeeper', () => {
  it('keeps a layer’s states, not each step of its bytes', () => {
    const transcript = createTranscript({ maxBytes: 1_000_000 });
    for (let current = 0; current < 100; current += 1) {
      transcript.accept({ id: 'a', status: 'Pushing', progressDetail: { current, total: 100 } }, at);
      transcript.accept({ id: 'b', status: `Retrying in ${(current % 5) + 1} seconds` }, at);
    }
    transcript.accept({ id: 'a', status: 'Pushed' }, at);
    expect(transcript.read().lines.map(({ text }) => text.split(' [')[0])).toEqual([
      'a: Pushing',
      'b: Retrying in 1 seconds',
      'a: Pushed',
    ]);
  });

  it('adds an error always, and says what it added', () => {
    const transcript = createTranscript({ maxBytes: 1000 });
    expect(transcript.accept({ error: 'no' }, at)).toEqual({ at, text: 'Error: no' });
    expect(transcript.accept({ error: 'no' }, at)).toEqual({ at, text: 'Error: no' });
    expect(transcript.accept({ aux: {} }, at)).toBeNull();
    expect(transcript.total).toBe(2);
  });

  it('keeps the first and the last lines within the bound and drops the middle', () => {
    const transcript = createTranscript({ maxBytes: 2000 });
    for (let index = 0; index < 500; index += 1)
      transcript.accept({ status: `line ${String(index).padStart(3, '0')}` }, at);
    const { lines, total, truncated } = transcript.read();
    expect(total).toBe(500);
    expect(truncated).toBe(true);
    expect(lines[0]?.text).toBe('line 000');
    expect(lines.at(-1)?.text).toBe('line 499');
    expect(lines.reduce((sum, { text }) => sum + text.length + 32, 0)).toBeLessThanOrEqual(2000);
    expect(lines.length).toBeGreaterThan(40);
    const numbers = lines.map(({ text }) => Number(text.slice(5)));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });

  it('is not truncated while all fits, and cuts one line that is a page', () => {
    const transcript = createTranscript({ maxBytes: 1_000_000 });
    transcript.accept({ error: 'x'.repeat(100_000) }, at);
    expect(transcript.read()).toMatchObject({ total: 1, truncated: false });
    expect(transcript.read().lines[0]?.text.length).toBeLessThan(5000);
  });

  it.each(recorded('ok').filter(({ name }) => /large|many/.test(name)))('is no flood on $name', ({ lines }) => {
    const transcript = createTranscript({ maxBytes: 1_000_000 });
    for (const line of lines) transcript.accept(line, at);
    const layers = new Set(lines.map(({ id }) => id)).size;
    expect(transcript.total).toBeLessThanOrEqual(layers * 7 + 3);
    expect(transcript.read().lines.at(-1)?.text).toMatch(/digest: sha256:|Status: Downloaded/);
  });
});
