import { describe, expect, it } from '@jest/globals';
import type { User } from '@waybill/contract';
import { findPeople } from './people-search.js';

const user = (displayName: string, over: Partial<User> = {}): User => ({
  id: displayName,
  username: displayName.toLowerCase(),
  displayName,
  kind: 'person',
  role: 'developer',
  disabled: false,
  invited: false,
  createdAt: '2026-11-01T00:00:00.000Z',
  lastSeenAt: null,
  ...over,
});
const names = (users: User[]) => users.map(({ displayName }) => displayName);
const roleName = (role: string) => (role === 'admin' ? '管理员' : role);
const all = [
  user('Zoe'),
  user('Gone', { disabled: true }),
  user('李伟', { username: 'liwei', role: 'admin' }),
  user('Anna Schmidt', { role: 'admin' }),
];

describe('findPeople', () => {
  it('shows everybody by name, who is disabled last', () => {
    expect(names(findPeople(all, '  ', roleName))).toEqual(['Anna Schmidt', 'Zoe', '李伟', 'Gone']);
  });

  it('finds by name, user name and the role in the words of the page', () => {
    expect(names(findPeople(all, 'LIWEI', roleName))).toEqual(['李伟']);
    expect(names(findPeople(all, '管理员 schmidt', roleName))).toEqual(['Anna Schmidt']);
    expect(findPeople(all, 'nobody', roleName)).toEqual([]);
  });
});
