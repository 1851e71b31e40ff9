import { describe, expect, it } from '@jest/globals';
import { Origins } from './origins.js';

const plain = new Origins({ publicUrl: null, trustedProxies: [] });
const proxied = new Origins({ publicUrl: null, trustedProxies: ['127.0.0.1', '10.0.0.0/8'] });
const published = new Origins({ publicUrl: 'https://waybill.example/base', trustedProxies: [] });

function allowed(origins: Origins, headers: { [name: string]: string }, peer = '127.0.0.1'): boolean {
  return origins.allowed(headers, origins.remoteOf(headers, peer));
}

describe('Origins.allowed', () => {
  it('lets our own page through, by the Host that the browser used', () => {
    expect(allowed(plain, { host: 'localhost:8080', origin: 'http://localhost:8080' })).toBe(true);
    expect(allowed(plain, { host: '[::1]:8080', origin: 'http://[::1]:8080' })).toBe(true);
    expect(allowed(plain, { host: 'WAYBILL.example', origin: 'http://waybill.example' })).toBe(true);
  });

  it.each([
    'http://evil.example',
    'http://localhost:8081',
    'http://localhost',
    'http://localhost:8080.evil.example',
    'http://localhost:8080@evil.example',
    'http://localhost:8080/',
    'null',
    '',
    'file://',
    'chrome-extension://localhost:8080',
    'http://localhost:8080, http://evil.example',
  ])('refuses the origin %j', (origin) => {
    expect(allowed(plain, { host: 'localhost:8080', origin })).toBe(false);
  });

  it('takes a request without Origin for no browser, unless Sec-Fetch-Site says otherwise', () => {
    expect(allowed(plain, { host: 'localhost:8080' })).toBe(true);
    expect(allowed(plain, { host: 'localhost:8080', 'sec-fetch-site': 'same-origin' })).toBe(true);
    expect(allowed(plain, { host: 'localhost:8080', 'sec-fetch-site': 'same-site' })).toBe(false);
    expect(allowed(plain, { host: 'localhost:8080', 'sec-fetch-site': 'cross-site' })).toBe(false);
  });

  it('knows the public address, whatever Host a proxy hands on', () => {
    expect(allowed(published, { host: 'api:8080', origin: 'https://waybill.example' })).toBe(true);
    expect(allowed(published, { host: 'api:8080', origin: 'http://waybill.example' })).toBe(false);
    expect(allowed(published, { host: 'api:8080', origin: 'https://waybill.example:444' })).toBe(false);
  });

  it('believes forwarded headers from trusted proxies alone', () => {
    const headers = {
      host: 'api:8080',
      origin: 'https://waybill.example',
      'x-forwarded-host': 'waybill.example',
      'x-forwarded-proto': 'https',
    };
    expect(allowed(proxied, headers, '127.0.0.1')).toBe(true);
    expect(allowed(proxied, headers, '192.0.2.9')).toBe(false);
    expect(allowed(plain, headers)).toBe(false);
  });

  it('does not let a plain page act on an encrypted one', () => {
    const headers = { host: 'waybill.example', 'x-forwarded-proto': 'https' };
    expect(allowed(proxied, { ...headers, origin: 'http://waybill.example' })).toBe(false);
    expect(allowed(proxied, { ...headers, origin: 'https://waybill.example' })).toBe(true);
  });

  it('lets an https page through where the proxy before us keeps Host but is not trusted', () => {
    expect(allowed(plain, { host: 'waybill.example', origin: 'https://waybill.example' })).toBe(true);
  });
});

describe('Origins.remoteOf', () => {
  it('finds the nearest address that is no trusted proxy', () => {
    const headers = { 'x-forwarded-for': '198.51.100.1, 203.0.113.7, 10.1.2.3' };
    expect(proxied.remoteOf(headers, '127.0.0.1').ip).toBe('203.0.113.7');
    expect(proxied.remoteOf(headers, '203.0.113.99').ip).toBe('203.0.113.99');
    expect(plain.remoteOf(headers, '::ffff:192.0.2.1').ip).toBe('192.0.2.1');
  });
});

describe('Origins.siteOf and isSecure', () => {
  it('makes links with the public address, else with the one that was asked', () => {
    expect(published.siteOf(published.remoteOf({ host: 'x' }, '127.0.0.1'))).toBe('https://waybill.example/base');
    expect(plain.siteOf(plain.remoteOf({ host: 'box:8080' }, '127.0.0.1'))).toBe('http://box:8080');
  });

  it('marks the cookie Secure where people come by https', () => {
    expect(published.isSecure(published.remoteOf({ host: 'x' }, '127.0.0.1'))).toBe(true);
    expect(proxied.isSecure(proxied.remoteOf({ 'x-forwarded-proto': 'https' }, '10.0.0.1'))).toBe(true);
    expect(plain.isSecure(plain.remoteOf({ 'x-forwarded-proto': 'https' }, '10.0.0.1'))).toBe(false);
  });
});
