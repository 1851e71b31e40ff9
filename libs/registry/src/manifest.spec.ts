import { describe, expect, it } from '@jest/globals';
import { parsePlatform, pickPlatform, readManifest } from './manifest.js';
import { readRateLimit } from './rate-limit.js';

const body = (value: unknown) => Buffer.from(JSON.stringify(value));
const blob = (name: string, size: number) => ({ digest: `sha256:${name}`, size, mediaType: 'x' });
const image = (name: string, platform: string) => ({ ...blob(name, 1), platform: parsePlatform(platform) });

describe('readManifest', () => {
  it('sums config and layers, a blob that stands twice once', () => {
    const content = readManifest(
      body({ config: blob('c', 10), layers: [blob('a', 100), blob('b', 1_000), blob('a', 100)] }),
    );
    expect(content).toEqual({ kind: 'image', contentSize: 1_110 });
  });

  it.each(['[]', 'x', '{}', '{"layers":1}'])('refuses %s', (text) => {
    expect(() => readManifest(Buffer.from(text))).toThrow(/not an image manifest/);
  });
});

describe('pickPlatform', () => {
  const list = [
    image('amd', 'linux/amd64'),
    image('arm7', 'linux/arm/v7'),
    image('arm6', 'linux/arm/v6'),
    image('att', 'unknown/unknown'),
  ];

  it('finds the platform, its variant first, and never an attestation', () => {
    expect(pickPlatform(list, parsePlatform('linux/arm/v6'))?.digest).toBe('sha256:arm6');
    expect(pickPlatform(list, parsePlatform('linux/arm'))?.digest).toBe('sha256:arm7');
    expect(pickPlatform(list, parsePlatform('windows/amd64'))).toBeNull();
    expect(pickPlatform(list, null)).toBeNull();
    expect(pickPlatform([image('one', 'linux/s390x'), image('att', 'unknown/unknown')], null)?.digest).toBe(
      'sha256:one',
    );
  });
});

describe('readRateLimit', () => {
  const answer = (headers: Record<string, string>) => ({
    status: 200,
    headers,
    body: Buffer.alloc(0),
    url: 'https://x/',
  });

  it('reads the Hub’s headers as documented', () => {
    const limit = readRateLimit(
      answer({ 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600' }),
      new Date(0),
    );
    expect(limit).toEqual({ limit: 100, remaining: 76, windowSeconds: 21_600, at: '1970-01-01T00:00:00.000Z' });
    expect(readRateLimit(answer({ 'ratelimit-limit': '100', 'ratelimit-remaining': '0' }))).toMatchObject({
      remaining: 0,
      windowSeconds: null,
    });
  });

  it('is null where there is no limit', () => {
    expect(readRateLimit(answer({}))).toBeNull();
    expect(readRateLimit(answer({ 'ratelimit-limit': 'many', 'ratelimit-remaining': '1' }))).toBeNull();
  });
});
