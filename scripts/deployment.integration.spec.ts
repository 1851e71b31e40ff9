import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ensureParts } from '@waybill/world';
import { selfSignedCertificate, shippedNginxConfig } from './testing/nginx-config.ts';

const root = join(import.meta.dirname, '..');

function composeConfig(environment: Record<string, string>) {
  return spawnSync('docker-compose', ['-f', join(root, 'docker-compose.yml'), 'config'], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: tmpdir(), ...environment },
  });
}

describe('docker-compose.yml', () => {
  beforeAll(() => ensureParts('compose', { install: true }));

  it('is accepted by docker-compose, and gives the server the group of the socket and no port of its own', () => {
    const { status, stdout, stderr } = composeConfig({ DOCKER_GID: '998' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const text = stdout.slice(stdout.indexOf('\n  server:'));
    expect(text).toContain("- '998'");
    expect(text).toContain('/var/run/docker.sock:/var/run/docker.sock');
    expect(text).not.toContain('published');
  });

  it('says what to set where the socket’s group is not told', () => {
    const { status, stderr } = composeConfig({});
    expect(status).not.toBe(0);
    expect(stderr).toContain('stat -c %g /var/run/docker.sock');
  });

  it('names only files that are in the repository', () => {
    const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
    const files = [...text.matchAll(/- \.\/(nginx\/[^:$]+):/g)].map(([, file]) => file as string);
    expect(files).toEqual(['nginx/proxy.inc', 'nginx/tls']);
    for (const file of [...files, 'nginx/waybill.conf', 'nginx/waybill.tls.conf'])
      expect(existsSync(join(root, file))).toBe(true);
  });
});

describe('the image', () => {
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));

  it('runs as a plain user, checks its own health and listens on all addresses', () => {
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^HEALTHCHECK /m);
    expect(last).toMatch(/WAYBILL_HOST=0\.0\.0\.0/);
  });

  it('takes along none of the tools that only build', () => {
    expect(last.match(/^COPY .*$/gm)?.every((line) => line.startsWith('COPY --from='))).toBe(true);
    expect(last).not.toContain('.tools');
  });
});

describe('the nginx configurations', () => {
  let folder: string;
  beforeAll(async () => {
    await ensureParts('nginx', { install: true });
    folder = mkdtempSync(join(tmpdir(), 'waybill-nginx-'));
    selfSignedCertificate(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['waybill.conf', 'waybill.tls.conf'])('%s is accepted by nginx', (name) => {
    const file = join(folder, `${name}.whole`);
    writeFileSync(
      file,
      shippedNginxConfig({ name, folder, httpPort: 18_080, httpsPort: 18_443, upstream: '127.0.0.1:1' }),
    );
    const { status, stderr } = spawnSync('/usr/sbin/nginx', ['-t', '-e', 'stderr', '-p', folder, '-c', file], {
      encoding: 'utf8',
    });
    expect(stderr).toContain('test is successful');
    expect(stderr).not.toContain('[warn]');
    expect(status).toBe(0);
  });
});
