import { describe, expect, it } from '@jest/globals';
import { canonical, familiar, isRegistryAddress, parseReference, tryReference, withDefaultTag } from './reference.js';

const sha = `sha256:${'a'.repeat(64)}`;

describe('parseReference', () => {
  it.each([
    ['busybox', 'docker.io/library/busybox'],
    ['busybox:1.36', 'docker.io/library/busybox:1.36'],
    ['laosu666/tom:v1', 'docker.io/laosu666/tom:v1'],
    ['index.docker.io/library/nginx', 'docker.io/library/nginx'],
    ['docker.io/nginx', 'docker.io/library/nginx'],
    ['registry.cn-hangzhou.aliyuncs.com/laosu666/tom:1.0', 'registry.cn-hangzhou.aliyuncs.com/laosu666/tom:1.0'],
    ['127.0.0.1:5000/a/b/c', '127.0.0.1:5000/a/b/c'],
    ['localhost/x', 'localhost/x'],
    ['[2001:db8::1]:5000/team/app:1', '[2001:db8::1]:5000/team/app:1'],
    ['Host/app', 'Host/app'],
    [`app@${sha}`, `docker.io/library/app@${sha}`],
    [`reg.io:80/app:1@${sha}`, `reg.io:80/app:1@${sha}`],
    ['a__b/c--d.e', 'docker.io/a__b/c--d.e'],
  ])('reads %s as %s', (text, expected) => {
    expect(canonical(parseReference(text))).toBe(expected);
  });

  it.each([
    ['', 'missing'],
    ['Busybox', 'lower case'],
    ['a//b', 'Use'],
    ['app:', 'tag'],
    ['app:.x', 'tag'],
    [`app:${'t'.repeat(129)}`, 'tag'],
    ['app@sha256:abc', 'digest'],
    ['-host.io/app', 'address'],
    ['a'.repeat(64), 'image id'],
    [`reg.io/${'a'.repeat(255)}`, 'longer'],
    ['a_/b', 'Use'],
    ['app:1/../../x', 'Use'],
  ])('refuses %j and says why (%s)', (text, why) => {
    const read = tryReference(text);
    expect(read.ok).toBe(false);
    if (!read.ok) {
      expect(read.error.code).toBe('reference.invalid');
      expect(read.error.message).toContain(why);
    }
  });
});

describe('forms of a reference', () => {
  it('puts latest only where neither tag nor digest is said', () => {
    expect(familiar(withDefaultTag(parseReference('nginx')))).toBe('nginx:latest');
    expect(familiar(withDefaultTag(parseReference('nginx:1')))).toBe('nginx:1');
    expect(familiar(withDefaultTag(parseReference(`nginx@${sha}`)))).toBe(`nginx@${sha}`);
  });

  it('knows what can be the address of a registry', () => {
    expect(['docker.io', 'localhost', '127.0.0.1:5000', '[::1]:5000', 'reg:5000'].map(isRegistryAddress)).not.toContain(
      false,
    );
    expect(['reg', 'http://reg.io', 'reg.io/x', 'user@reg.io', 'a..b'].map(isRegistryAddress)).not.toContain(true);
  });
});
