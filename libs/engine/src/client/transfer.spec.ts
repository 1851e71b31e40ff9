import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recorded, type Recorded } from '../testing/recorded.js';
import type { EngineLine } from '../stream/engine-line.js';
import { negotiate } from './api-version.js';
import { layerSizesOf } from './mapping.js';
import {
  failureContext,
  operationUserAgent,
  pullPath,
  pushPath,
  registryAuthHeader,
  transferLines,
} from './transfer.js';

const sha = `sha256:${'a'.repeat(64)}`;

describe('registryAuthHeader', () => {
  it('is padded base64url of UTF-8 whatever its length, because engines take another one for none', () => {
    for (let length = 1; length < 9; length += 1) {
      const login = { username: '乐乐开心果123', password: '密'.repeat(length), serveraddress: 'r.io' };
      const header = registryAuthHeader(login);
      expect(header.length % 4).toBe(0);
      expect(header).toMatch(/^[A-Za-z0-9_-]+={0,2}$/);
      expect(JSON.parse(Buffer.from(header, 'base64url').toString('utf8'))).toEqual(login);
    }
  });

  it('is an empty object for nobody', () => {
    expect(Buffer.from(registryAuthHeader(null), 'base64url').toString()).toBe('{}');
  });
});

describe('paths of transfers', () => {
  it.each([
    ['busybox', 'fromImage=busybox&tag=latest'],
    ['docker.io/library/busybox:1', 'fromImage=busybox&tag=1'],
    ['team/app:v2', 'fromImage=team%2Fapp&tag=v2'],
    ['127.0.0.1:5000/team/app', 'fromImage=127.0.0.1%3A5000%2Fteam%2Fapp&tag=latest'],
    [`r.io/app:1@${sha}`, `fromImage=r.io%2Fapp&tag=${encodeURIComponent(sha)}`],
  ])('pulls %s, one tag and never all', (reference, query) => {
    expect(pullPath({ reference })).toBe(`/images/create?${query}`);
  });

  it('asks for the platform', () => {
    expect(pullPath({ reference: 'app', platform: 'linux/arm64/v8' })).toContain('&platform=linux%2Farm64%2Fv8');
  });

  it('pushes one tag, and nothing where none is said', () => {
    expect(pushPath({ reference: '127.0.0.1:5000/team/app:1' })).toBe('/images/127.0.0.1:5000/team/app/push?tag=1');
    for (const reference of ['team/app', `team/app@${sha}`, `team/app:1@${sha}`])
      expect(() => pushPath({ reference })).toThrow(expect.objectContaining({ code: 'reference.tag_required' }));
    expect(() => pushPath({ reference: 'team/../app:1' })).toThrow(
      expect.objectContaining({ code: 'reference.invalid' }),
    );
  });

  it('names the operation', () => {
    expect(operationUserAgent('0.1.0', '0196')).toBe('waybill/0.1.0 (op 0196)');
  });
});

describe('transferLines', () => {
  async function run({ name, kind }: Recorded, outcome: string): Promise<{ lines: EngineLine[]; concluded: boolean }> {
    const bytes = readFileSync(join(import.meta.dirname, '../../fixtures', outcome, `${name}.ndjson`));
    const source = (async function* () {
      for (let at = 0; at < bytes.length; at += 37) yield bytes.subarray(at, at + 37);
    })();
    const lines: EngineLine[] = [];
    const reading = transferLines(source, failureContext(kind, null));
    for (;;) {
      const step = await reading.next();
      if (step.done) return { lines, concluded: step.value };
      lines.push(step.value);
    }
  }

  it.each(recorded('ok'))('reads $name to its good end', async (stream) => {
    const { lines, concluded } = await run(stream, 'ok');
    expect(concluded).toBe(true);
    expect(lines).toEqual(stream.lines);
  });

  it.each(recorded('not-ok').filter(({ lines }) => lines.length > 0))(
    'does not take $name for done',
    async (stream) => {
      const told = stream.lines.some(({ error }) => error !== undefined);
      if (told) await expect(run(stream, 'not-ok')).rejects.toMatchObject({ name: 'WaybillError' });
      else expect((await run(stream, 'not-ok')).concluded).toBe(false);
    },
  );
});

describe('negotiate', () => {
  it.each([
    [{ ApiVersion: '1.41', MinAPIVersion: '1.12' }, '1.41'],
    [{ ApiVersion: '1.24' }, '1.24'],
    [{ ApiVersion: '1.51', MinAPIVersion: '1.24' }, '1.51'],
    [{ ApiVersion: '1.60', MinAPIVersion: '1.44' }, '1.51'],
    [{ ApiVersion: '1.99', MinAPIVersion: '1.60' }, '1.60'],
  ])('speaks to %j in %s', (version, spoken) => {
    expect(negotiate(version)).toBe(spoken);
  });

  it.each([{ ApiVersion: '1.23' }, { ApiVersion: 'x' }, {}])('refuses %j', (version) => {
    expect(() => negotiate(version)).toThrow(expect.objectContaining({ code: 'engine.too_old' }));
  });
});

describe('layerSizesOf', () => {
  const detail = { Id: '', RootFS: { Layers: [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`] } };

  it('gives each layer its size, the oldest first', () => {
    const history = [{ Size: 0 }, { Size: 20 }, { Size: 10 }, { Size: 0 }];
    expect([...layerSizesOf(detail, history)]).toEqual([
      ['a'.repeat(12), 10],
      ['b'.repeat(12), 20],
    ]);
  });

  it('tells nothing where steps and layers cannot be matched', () => {
    expect(layerSizesOf(detail, [{ Size: 0 }, { Size: 20 }]).size).toBe(0);
    const modern = { ...detail, Descriptor: { digest: sha } };
    expect(layerSizesOf(modern, [{ Size: 20 }, { Size: 10 }]).size).toBe(0);
  });
});
