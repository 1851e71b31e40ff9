import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseEngineHost } from './engine-target.js';
import { findEngineHost } from './find-engine-host.js';

const tls = { ca: 'CA', cert: 'CERT', key: 'KEY', verify: true };
const tcp = (hostname: string, port: number, rest: object = {}): object => ({
  type: 'tcp',
  protocol: 'http:',
  hostname,
  port,
  basePath: '',
  ...rest,
});

describe('parseEngineHost', () => {
  it.each([
    ['unix:///var/run/docker.sock', undefined, { type: 'socket', path: '/var/run/docker.sock' }],
    ['unix://', undefined, { type: 'socket', path: '/var/run/docker.sock' }],
    ['/run/docker.sock', undefined, { type: 'socket', path: '/run/docker.sock' }],
    ['tcp://10.0.0.5', undefined, tcp('10.0.0.5', 2375)],
    ['tcp://10.0.0.5:80', undefined, tcp('10.0.0.5', 80)],
    ['10.0.0.5:2375', undefined, tcp('10.0.0.5', 2375)],
    ['tcp://[::1]:2375', undefined, tcp('::1', 2375)],
    ['tcp://h:2375/some/base/', undefined, tcp('h', 2375, { basePath: '/some/base' })],
    ['http://h', undefined, tcp('h', 80)],
    ['https://h', undefined, tcp('h', 443, { protocol: 'https:' })],
    ['tcp://h', tls, tcp('h', 2376, { protocol: 'https:', tls })],
    ['tcp://h:1234', tls, tcp('h', 1234, { protocol: 'https:', tls })],
    ['tcp://h:2376', undefined, tcp('h', 2376, { protocol: 'https:' })],
  ])('reads %s', (host, material, target) => {
    expect(parseEngineHost(host, material)).toEqual(target);
  });

  it.each([
    ['ssh://me@host', /does not speak ssh/],
    ['npipe:////./pipe/docker_engine', /not supported/],
    ['unix://relative.sock', /slash/],
    ['ftp://host', /Use unix:/],
    ['tcp://', /Use unix:/],
    ['tcp://me:secret-9@host', /not supported/],
  ])('refuses %s and says why', (host, why) => {
    const refuse = (): unknown => parseEngineHost(host);
    expect(refuse).toThrow(why);
    expect(refuse).toThrow(
      expect.objectContaining({ code: 'engine.unreachable', message: expect.not.stringContaining('secret-9') }),
    );
  });
});

describe('findEngineHost', () => {
  let home: string;
  const put = (path: string, content: unknown): void => {
    const whole = join(home, '.docker', path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, typeof content === 'string' ? content : JSON.stringify(content));
  };
  const id = (name: string): string => createHash('sha256').update(name).digest('hex');
  const putContext = (name: string, docker: object): void =>
    put(`contexts/meta/${id(name)}/meta.json`, { Name: name, Endpoints: { docker } });

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'waybill-home-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it('takes the default socket where nothing is said', () => {
    expect(findEngineHost({}, home)).toEqual({ host: 'unix:///var/run/docker.sock', source: 'default' });
    put('config.json', { auths: {}, currentContext: 'default' });
    expect(findEngineHost({}, home).source).toBe('default');
  });

  it('takes DOCKER_HOST before any context, with its TLS material', () => {
    putContext('remote', { Host: 'tcp://c:1' });
    put('pem/ca.pem', 'CA');
    put('pem/cert.pem', 'CERT');
    put('pem/key.pem', 'KEY');
    const env = {
      DOCKER_HOST: 'tcp://h:2376',
      DOCKER_CONTEXT: 'remote',
      DOCKER_TLS_VERIFY: '1',
      DOCKER_CERT_PATH: join(home, '.docker/pem'),
    };
    expect(findEngineHost(env, home)).toEqual({ host: 'tcp://h:2376', source: 'DOCKER_HOST', tls });
    expect(findEngineHost({ ...env, DOCKER_TLS_VERIFY: '' }, home).tls?.verify).toBe(false);
    expect(findEngineHost({ DOCKER_HOST: 'tcp://h:2375' }, home)).toEqual({
      host: 'tcp://h:2375',
      source: 'DOCKER_HOST',
    });
  });

  it('takes the context of config.json, and DOCKER_CONTEXT before it', () => {
    putContext('one', { Host: 'unix:///run/one.sock' });
    putContext('two', { Host: 'tcp://two:2376', SkipTLSVerify: true });
    put(`contexts/tls/${id('two')}/docker/ca.pem`, 'CA');
    put('config.json', { currentContext: 'one' });
    expect(findEngineHost({}, home)).toEqual({ host: 'unix:///run/one.sock', source: 'context', context: 'one' });
    expect(findEngineHost({ DOCKER_CONTEXT: 'two' }, home)).toEqual({
      host: 'tcp://two:2376',
      source: 'context',
      context: 'two',
      tls: { ca: 'CA', verify: false },
    });
    expect(findEngineHost({ DOCKER_CONTEXT: 'default' }, home).source).toBe('default');
  });

  it('says so where a context is named that is not there, or the file is broken', () => {
    put('config.json', { currentContext: 'gone' });
    expect(() => findEngineHost({}, home)).toThrow(/“gone” is not there/);
    put('config.json', '{"currentContext":');
    expect(() => findEngineHost({}, home)).toThrow(/is not JSON/);
  });

  it('looks into DOCKER_CONFIG where it is set', () => {
    putContext('one', { Host: 'unix:///run/one.sock' });
    put('config.json', { currentContext: 'one' });
    expect(findEngineHost({ DOCKER_CONFIG: join(home, '.docker') }, '/nowhere').host).toBe('unix:///run/one.sock');
  });
});
