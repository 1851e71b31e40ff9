import { sessionOnlyPermissions, type Permission } from '@waybill/contract';

/** What can be done today, in groups. What is granted for later is not shown before it is true. */
export const permissionGroups: readonly { key: string; permissions: readonly Permission[] }[] = [
  {
    key: 'images',
    permissions: ['engine.read', 'image.read', 'image.pull', 'image.tag', 'image.push', 'image.remove', 'image.prune'],
  },
  { key: 'operations', permissions: ['operation.read', 'operation.cancel'] },
  { key: 'registries', permissions: ['registry.read', 'registry.manage'] },
  { key: 'record', permissions: ['audit.read', 'audit.export', 'audit.verify'] },
  { key: 'people', permissions: ['user.manage', 'settings.manage'] },
];

/** The groups with what a token of somebody with these rights may be given. */
export function tokenScopes(rights: readonly Permission[]): { key: string; permissions: Permission[] }[] {
  return permissionGroups.flatMap(({ key, permissions }) => {
    const given = permissions.filter((one) => rights.includes(one) && !sessionOnlyPermissions.includes(one));
    return given.length ? [{ key, permissions: given }] : [];
  });
}
