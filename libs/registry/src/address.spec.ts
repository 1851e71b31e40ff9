import { describe, expect, it } from '@jest/globals';
import { apiBase, engineServerAddress, kindOf, normalizeAddress } from './address.js';

const normal = (text: string, insecure = false) => normalizeAddress(text, { insecure });

describe('normalizeAddress', () => {
  it.each([
    'docker.io',
    'https://index.docker.io/v1/',
    'index.docker.io',
    'registry-1.docker.io',
    'https://registry-1.docker.io/v2/',
    'Docker.IO/',
  ])('knows %s as the Hub', (text) => {
    expect(normal(text)).toBe('docker.io');
  });

  it.each([
    [' Registry.Example.COM ', 'registry.example.com'],
    ['https://registry.example.com:5000/v2/', 'registry.example.com:5000'],
    ['registry.cn-hangzhou.aliyuncs.com/', 'registry.cn-hangzhou.aliyuncs.com'],
    ['localhost', 'localhost'],
    ['registry:5000', 'registry:5000'],
    ['[::1]:5000', '[::1]:5000'],
    ['10.0.0.7', '10.0.0.7'],
  ])('brings %s to %s', (text, address) => {
    expect(normal(text)).toBe(address);
  });

  it('takes http:// only for what is marked as plain http', () => {
    expect(normal('http://10.0.0.7:5000', true)).toBe('10.0.0.7:5000');
    expect(() => normal('http://10.0.0.7:5000')).toThrow(/mark the registry as plain http/);
    expect(() => normal('https://10.0.0.7:5000', true)).toThrow(/marked as plain http/);
    expect(() => normal('docker.io', true)).toThrow(/never spoken to in plain http/);
  });

  it.each([
    ['https://ada:geheim@registry.example.com', /fields of their own/],
    ['registry.example.com/team', /namespace/],
    ['registry.example.com/v2/../x', /host alone/],
    ['registry.example.com?x=1', /host alone/],
    ['reg istry.example.com', /space/],
    ['ftp://registry.example.com', /begins with https/],
    ['myregistry', /needs a port/],
    ['registry.example.com:0', /port/],
    ['registry.example.com:99999', /port/],
    ['2130706433:5000', /usual form/],
    ['0x7f.1:5000', /usual form/],
    ['仓库.example.com', /host name/],
    ['-x.example.com', /host name/],
    ['', /host name/],
  ])('refuses %s with a sentence and without repeating a password', (text, why) => {
    expect(() => normal(text)).toThrow(why);
    expect(() => normal(text)).not.toThrow(/geheim/);
  });
});

describe('what follows from an address', () => {
  it('tells the Hub, Aliyun’s and other registries apart', () => {
    const kinds = [
      'docker.io',
      'registry.cn-hangzhou.aliyuncs.com',
      'team-registry-vpc.cn-beijing.cr.aliyuncs.com',
      '127.0.0.1:5000',
    ].map(kindOf);
    expect(kinds).toEqual(['hub', 'acr', 'acr', 'registry']);
  });

  it('names the Hub to the engine and to its API as they expect it', () => {
    expect(engineServerAddress('docker.io')).toBe('https://index.docker.io/v1/');
    expect(engineServerAddress('127.0.0.1:5000')).toBe('127.0.0.1:5000');
    expect([apiBase('docker.io', false), apiBase('a:5', true), apiBase('a:5', false)]).toEqual([
      'https://registry-1.docker.io',
      'http://a:5',
      'https://a:5',
    ]);
  });
});
