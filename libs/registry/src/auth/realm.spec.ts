import { describe, expect, it } from '@jest/globals';
import { challenge } from './challenge.js';
import { judgeRealm, requireConfirmed } from './realm.js';

const realm = (url: string) => ({ url, service: null });
/** A registry as far as its 401 goes. */
const answering = (header: string) => ({
  send: () =>
    Promise.resolve({
      status: 401,
      headers: { 'www-authenticate': header },
      body: Buffer.alloc(0),
      url: 'https://x/v2/',
    }),
});
const hub = 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"';
const acr =
  'Bearer realm="https://dockerauth.cn-hangzhou.aliyuncs.com/auth",service="registry.aliyuncs.com:cn-hangzhou:26842"';

describe('judgeRealm', () => {
  it('takes the Hub’s own login server with the Hub, and with nobody else', () => {
    expect(judgeRealm('docker.io', realm('https://auth.docker.io/token'), null)).toBe('confirmed');
    expect(judgeRealm('docker.io', realm('https://auth.docker.io.evil.example/token'), null)).toBe('unconfirmed');
    expect(judgeRealm('registry.example.com', realm('https://auth.docker.io/token'), null)).toBe('unconfirmed');
  });

  it('takes a login server on the registry’s own host, whatever its port, but on no neighbour', () => {
    expect(judgeRealm('registry.example.com:5000', realm('https://registry.example.com:5001/token'), null)).toBe(
      'confirmed',
    );
    expect(judgeRealm('[::1]:5000', realm('http://[::1]:5001/token'), null)).toBe('confirmed');
    expect(judgeRealm('registry.example.com', realm('https://auth.registry.example.com/token'), null)).toBe(
      'unconfirmed',
    );
    expect(judgeRealm('registry.example.com', realm('https://example.com/token'), null)).toBe('unconfirmed');
  });

  it('holds to the one that was confirmed', () => {
    const confirmed = 'https://auth.example.com/token';
    expect(judgeRealm('registry.example.com', realm(confirmed), confirmed)).toBe('confirmed');
    expect(judgeRealm('registry.example.com', realm('https://registry.example.com/token'), confirmed)).toBe('changed');
    expect(() => requireConfirmed('registry.example.com', realm('https://evil.example/t'), confirmed)).toThrow(
      expect.objectContaining({
        code: 'registry.realm_changed',
        extra: { realm: 'https://evil.example/t', confirmed },
      }),
    );
  });
});

describe('challenge', () => {
  it('reads the Hub’s and Aliyun’s documented answers; Aliyun’s login server is to be confirmed', async () => {
    expect(await challenge(answering(hub), { address: 'docker.io', insecure: false })).toEqual({
      scheme: 'bearer',
      realm: { url: 'https://auth.docker.io/token', service: 'registry.docker.io' },
    });
    const address = 'registry.cn-hangzhou.aliyuncs.com';
    const found = await challenge(answering(acr), { address, insecure: false });
    expect(found.realm?.service).toBe('registry.aliyuncs.com:cn-hangzhou:26842');
    expect(found.realm && judgeRealm(address, found.realm, null)).toBe('unconfirmed');
  });

  it('refuses a login server in plain http for a registry with TLS', async () => {
    const header = 'Bearer realm="http://registry.example.com/token"';
    const refused = expect.objectContaining({ code: 'registry.address_refused' });
    await expect(challenge(answering(header), { address: 'registry.example.com', insecure: false })).rejects.toEqual(
      refused,
    );
    expect((await challenge(answering(header), { address: 'registry.example.com', insecure: true })).scheme).toBe(
      'bearer',
    );
  });
});
