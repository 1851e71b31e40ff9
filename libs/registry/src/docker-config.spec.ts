import { describe, expect, it } from '@jest/globals';
import { parseDockerConfig } from './docker-config.js';

const auth = (text: string) => Buffer.from(text, 'utf8').toString('base64');
const parse = (config: unknown) => parseDockerConfig(JSON.stringify(config));

describe('parseDockerConfig', () => {
  it('reads logins in UTF-8, with colons in the password, under canonical addresses', () => {
    const { logins, skipped } = parse({
      auths: {
        'https://index.docker.io/v1/': { auth: auth('乐乐开心果123:密码: a:b') },
        'registry.cn-hangzhou.aliyuncs.com': { username: 'ada', password: 'p' },
        'http://10.0.0.7:5000': { auth: auth('bob:s') },
        '127.0.0.1:5001': { auth: auth('eve:s') },
      },
    });
    expect(skipped).toEqual([]);
    expect(logins).toEqual([
      { address: 'docker.io', insecure: false, username: '乐乐开心果123', secret: '密码: a:b' },
      { address: 'registry.cn-hangzhou.aliyuncs.com', insecure: false, username: 'ada', secret: 'p' },
      { address: '10.0.0.7:5000', insecure: true, username: 'bob', secret: 's' },
      { address: '127.0.0.1:5001', insecure: true, username: 'eve', secret: 's' },
    ]);
  });

  it('names what it cannot take, with its reason', () => {
    const { logins, skipped } = parse({
      auths: {
        'https://index.docker.io/v1/': {},
        'https://index.docker.io/v1/refresh-token': { auth: auth('a:b') },
        'ghcr.io': {},
        'a.example': { identitytoken: 'x' },
        'b.example': { auth: '###' },
        'c.example': { auth: auth('nocolon') },
        'https://u:geheim@d.example': { auth: auth('a:b') },
        'e.example': { auth: auth('a:b') },
        'https://e.example/v2/': { auth: auth('c:d') },
        'f.example': { auth: Buffer.from([0xff, 0x3a, 0x61]).toString('base64') },
      },
      credsStore: 'desktop',
      credHelpers: { 'ghcr.io': 'pass', '123.dkr.ecr.eu-west-1.amazonaws.com': 'ecr-login' },
    });
    expect(logins).toHaveLength(1);
    expect(skipped.map((one) => [one.address, one.reason, one.helper])).toEqual([
      ['docker.io', 'credential_helper', 'desktop'],
      ['index.docker.io', 'identity_token', null],
      ['ghcr.io', 'credential_helper', 'pass'],
      ['a.example', 'identity_token', null],
      ['b.example', 'unreadable', null],
      ['c.example', 'unreadable', null],
      ['d.example', 'address_refused', null],
      ['e.example', 'duplicate', null],
      ['f.example', 'unreadable', null],
      ['123.dkr.ecr.eu-west-1.amazonaws.com', 'credential_helper', 'ecr-login'],
    ]);
    expect(JSON.stringify(skipped)).not.toContain('geheim');
  });

  it('says that the store keeps all of them where the file has none', () => {
    expect(parse({ credsStore: 'desktop' }).skipped).toEqual([
      { address: 'docker.io', reason: 'credential_helper', helper: 'desktop' },
    ]);
  });

  it.each(['geheim', '[]', 'null', '{"auths":"geheim"}', '{"geheim":1}', '{"auths":'])(
    'refuses %s without repeating it',
    (text) => {
      expect(() => parseDockerConfig(text)).toThrow(expect.objectContaining({ code: 'docker_config.invalid' }));
      expect(() => parseDockerConfig(text)).not.toThrow(/geheim/);
    },
  );
});
