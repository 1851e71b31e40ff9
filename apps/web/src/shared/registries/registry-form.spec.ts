import { describe, expect, it } from '@jest/globals';
import { addressOf, emptyForm, troublesOf } from './registry-form.js';

describe('addressOf', () => {
  it.each([
    [{ edition: 'personal', network: 'vpc' }, 'registry-vpc.cn-hangzhou.aliyuncs.com'],
    [{ edition: 'personal-instance', instance: 'crpi-abc' }, 'crpi-abc.cn-hangzhou.personal.cr.aliyuncs.com'],
    [{ edition: 'enterprise', instance: 'acme', network: 'internal' }, 'acme-registry.cn-hangzhou.cr.aliyuncs.com'],
  ] as const)('makes Aliyun’s address of %j', (part, address) => {
    expect(addressOf({ ...emptyForm('acr'), ...part })).toBe(address);
  });
});

describe('troublesOf', () => {
  it('lets an anonymous registry of one’s own through, but asks the Hub and Aliyun for a login', () => {
    expect(troublesOf(emptyForm('registry', 'reg.example.com'))).toEqual([]);
    expect(troublesOf(emptyForm('hub'))).toEqual(['login', 'secret']);
  });

  it('tells a pasted https:// from an address that is wrong', () => {
    expect(troublesOf(emptyForm('registry', 'https://reg.example.com'))).toEqual(['scheme']);
    expect(troublesOf(emptyForm('registry', 'reg'))).toEqual(['address']);
  });

  it('asks an instance of Aliyun for its name, and a user name for its password', () => {
    expect(troublesOf({ ...emptyForm('acr'), edition: 'enterprise', username: 'u' })).toEqual(['instance', 'secret']);
  });
});
