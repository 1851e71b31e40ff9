import { describe, expect, it } from '@jest/globals';
import { decideEmbedded, type Machine } from './embedded-decision.ts';

const bare: Machine = {
  embedded: undefined,
  engineIsNamed: false,
  socketIsThere: false,
  marked: false,
  isRoot: true,
  osRelease: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n',
};

describe('an engine of our own', () => {
  it('may be brought on a Debian without any Docker, run as root', () => {
    expect(decideEmbedded(bare)).toBe('ask');
  });

  it('may be brought on Ubuntu and what is like it', () => {
    expect(decideEmbedded({ ...bare, osRelease: 'ID=ubuntu\nID_LIKE=debian\n' })).toBe('ask');
    expect(decideEmbedded({ ...bare, osRelease: 'ID=linuxmint\nID_LIKE="ubuntu debian"\n' })).toBe('ask');
  });

  it('comes up again where an earlier start brought it, also when a socket has appeared since', () => {
    expect(decideEmbedded({ ...bare, marked: true })).toBe('again');
    expect(decideEmbedded({ ...bare, marked: true, socketIsThere: true })).toBe('again');
  });

  it.each<[string, Partial<Machine>]>([
    ['WAYBILL_EMBEDDED is off', { embedded: 'off' }],
    ['WAYBILL_EMBEDDED is off and one was brought before', { embedded: 'off', marked: true }],
    ['an engine is named', { engineIsNamed: true }],
    ['an engine is named and one was brought before', { engineIsNamed: true, marked: true }],
    ['there is a socket, even one that cannot be used', { socketIsThere: true }],
    ['the user is not root', { isRoot: false }],
    ['the system is not like Debian', { osRelease: 'ID=fedora\n' }],
    ['the system does not say what it is', { osRelease: '' }],
  ])('is never brought when %s', (_, machine) => {
    expect(decideEmbedded({ ...bare, ...machine })).toBe('no');
  });
});
