import type { User } from '@waybill/contract';

/**
 * Those whose name, user name or role (in the reader's words) holds every word of the search, in any order.
 * By name; who is disabled stands last.
 */
export function findPeople(users: readonly User[], search: string, roleName: (role: User['role']) => string): User[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return users
    .filter((user) => {
      const text = `${user.displayName}\n${user.username}\n${roleName(user.role)}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => Number(a.disabled) - Number(b.disabled) || a.displayName.localeCompare(b.displayName));
}
