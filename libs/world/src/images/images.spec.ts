import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { extract } from 'tar-stream';
import { layeredDockerfile, pushedDigest, registryAuthHeader } from './images.js';
import { randomBytesOf, splitTag, tarOf } from './tar-context.js';

describe('content of made images', () => {
  it('is the same for the same seed and differs between seeds', () => {
    expect(randomBytesOf('a/0', 1000).equals(randomBytesOf('a/0', 1000))).toBe(true);
    expect(randomBytesOf('a/0', 1000).equals(randomBytesOf('a/1', 1000))).toBe(false);
  });

  it('does not compress', () => {
    expect(gzipSync(randomBytesOf('seed', 100_000)).length).toBeGreaterThan(100_000);
  });

  it('gives each file a layer', () => {
    const image = { reference: 'a:1', layers: 2, bytesPerLayer: 1, seed: 's', labels: { team: '物流 "A"' } };
    expect(layeredDockerfile(image).split('\n')).toEqual([
      'FROM scratch',
      'COPY layer-0 /layer-0',
      'COPY layer-1 /layer-1',
      'LABEL team="物流 \\"A\\""',
      'CMD ["/bin/sh"]',
      '',
    ]);
  });
});

describe('tar of a build', () => {
  it('holds files with their modes and links', async () => {
    const reader = extract();
    const seen: unknown[] = [];
    reader.on('entry', ({ name, mode, linkname, size }, stream, next) => {
      seen.push({ name, mode, linkname, size });
      stream.resume();
      next();
    });
    const done = new Promise<void>((resolve) => reader.on('finish', () => resolve()));
    tarOf([
      { name: 'bin/busybox', content: () => Buffer.from('elf'), mode: 0o755 },
      { name: 'bin/sh', linkTo: 'busybox' },
    ]).pipe(reader);
    await done;
    expect(seen).toEqual([
      { name: 'bin/busybox', mode: 0o755, linkname: null, size: 3 },
      { name: 'bin/sh', mode: 0o644, linkname: 'busybox', size: 0 },
    ]);
  });

  it('fails as a stream when a file is not there any more', async () => {
    const tar = tarOf([
      {
        name: 'gone',
        content: () => {
          throw new Error('no such file');
        },
      },
    ]);
    await expect(tar.toArray()).rejects.toThrow('no such file');
  });
});

describe('names and logins', () => {
  it.each([
    ['127.0.0.1:5000/team/app:1.2', '127.0.0.1:5000/team/app', '1.2'],
    ['127.0.0.1:5000/team/app', '127.0.0.1:5000/team/app', 'latest'],
    ['busybox', 'busybox', 'latest'],
  ])('splits %s at its tag', (reference, repository, tag) => {
    expect(splitTag(reference)).toEqual({ repository, tag });
  });

  it('pads the login, for engines drop one without padding and say nothing', () => {
    for (const password of ['a', 'ab', 'abc', '密码: 开 心']) {
      const header = registryAuthHeader({ name: '乐乐开心果123', password, address: '127.0.0.1:1' });
      expect(header.length % 4).toBe(0);
      expect(header).toMatch(/^[A-Za-z0-9_=-]+$/);
      const back: unknown = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
      expect(back).toEqual({ username: '乐乐开心果123', password, serveraddress: '127.0.0.1:1' });
    }
    expect(registryAuthHeader()).toBe('e30=');
  });

  it('reads the digest of a push from the line that both engines write', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    expect(pushedDigest([{ status: 'Pushed', id: 'x' }, { status: `1: digest: ${digest} size: 528` }])).toBe(digest);
    expect(pushedDigest([{ status: 'Pushed' }, { error: 'denied' }])).toBeUndefined();
  });
});
