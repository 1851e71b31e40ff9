import { compare } from 'bcryptjs';
import { describe, expect, it } from '@jest/globals';
import { registryConfig, type RegistryConfig } from './registry-config.js';
import { htpasswdFile } from './start-registry.js';
import { parseBasic, parseScope } from './token-server.js';

const base: RegistryConfig = {
  dir: '/r',
  port: 5001,
  instance: 'one',
  auth: 'none',
  deleteEnabled: true,
  notifications: [],
};
const read = (config: RegistryConfig) => JSON.parse(registryConfig(config)) as Record<string, unknown>;

describe('configuration of a registry', () => {
  it('listens on the loopback only and stores below its folder', () => {
    expect(read(base)).toMatchObject({
      http: { addr: '127.0.0.1:5001' },
      storage: { filesystem: { rootdirectory: '/r/storage' }, delete: { enabled: true } },
    });
  });

  it('has no login section without a login', () => {
    expect(read(base)).not.toHaveProperty('auth');
  });

  it('takes htpasswd from its folder', () => {
    expect(read({ ...base, auth: 'htpasswd' })['auth']).toEqual({
      htpasswd: { realm: 'waybill', path: '/r/htpasswd' },
    });
  });

  it('checks tokens against the certificate of the token server', () => {
    const token = { realm: 'http://127.0.0.1:1/token', service: 's', issuer: 'i' };
    expect(read({ ...base, auth: 'token', token })['auth']).toEqual({
      token: { ...token, rootcertbundle: '/r/token-certificate.pem' },
    });
    expect(() => registryConfig({ ...base, auth: 'token' })).toThrow(/token server/);
  });

  it('posts notifications with their headers', () => {
    const notifications = [{ url: 'http://127.0.0.1:9/n', headers: { authorization: 'Bearer x' } }];
    expect(read({ ...base, notifications })['notifications']).toMatchObject({
      endpoints: [{ url: 'http://127.0.0.1:9/n', headers: { authorization: ['Bearer x'] } }],
    });
  });

  it('hashes passwords of any script with bcrypt', async () => {
    const file = await htpasswdFile([{ name: '乐乐开心果123', password: '密码: 开 心' }]);
    const [name, hashed = ''] = file.trim().split(/:(.*)/s);
    expect(name).toBe('乐乐开心果123');
    expect(await compare('密码: 开 心', hashed)).toBe(true);
    expect(await compare('密码', hashed)).toBe(false);
  });
});

describe('what a token server reads', () => {
  it('takes name and password in UTF-8, the password with its colons', () => {
    const header = `Basic ${Buffer.from('乐乐开心果123:密码: 开 心').toString('base64')}`;
    expect(parseBasic(header)).toEqual({ name: '乐乐开心果123', password: '密码: 开 心' });
  });

  it.each([undefined, '', 'Bearer abc', 'Basic', `Basic ${Buffer.from('nocolon').toString('base64')}`])(
    'takes %s as no login',
    (header) => {
      expect(parseBasic(header)).toBeUndefined();
    },
  );

  it('reads scopes whose names hold slashes and colons', () => {
    expect(parseScope('repository:team/app:pull,push')).toEqual({
      type: 'repository',
      name: 'team/app',
      actions: ['pull', 'push'],
    });
    expect(parseScope('repository:host:5000/app:pull')).toMatchObject({ name: 'host:5000/app' });
    expect(parseScope('registry:catalog:*')).toEqual({ type: 'registry', name: 'catalog', actions: ['*'] });
    expect(parseScope('nonsense')).toBeUndefined();
  });
});
