import { z } from 'zod';

/** Everything that can be granted. What no permission names is refused. */
export const permissions = [
  'engine.read',
  'image.read',
  'image.pull',
  'image.push',
  'image.tag',
  'image.build',
  'image.commit',
  'image.load',
  'image.save',
  'image.remove',
  'image.prune',
  'container.read',
  'container.run',
  'container.manage',
  'container.exec',
  'container.logs',
  'container.files',
  'environment.read',
  'operation.read',
  'operation.cancel',
  'registry.read',
  'registry.manage',
  'user.manage',
  'audit.read',
  'audit.export',
  'audit.verify',
  'approve',
  'settings.manage',
  'host',
] as const;

export const Permission = z.enum(permissions).meta({ id: 'Permission' });
export type Permission = z.infer<typeof Permission>;

export const Role = z.enum(['viewer', 'developer', 'publisher', 'auditor', 'admin']).meta({ id: 'Role' });
export type Role = z.infer<typeof Role>;

const viewer = [
  'engine.read',
  'image.read',
  'container.read',
  'operation.read',
  'registry.read',
] as const satisfies Permission[];
const developer = [
  ...viewer,
  'image.pull',
  'image.build',
  'image.tag',
  'image.commit',
  'image.load',
  'image.save',
  'image.remove',
  'container.run',
  'container.manage',
  'container.exec',
  'container.logs',
  'container.files',
  'environment.read',
] as const satisfies Permission[];

/** What each role holds. The matrix is a snapshot test, so that each grant is seen in review. */
export const rolePermissions: Record<Role, readonly Permission[]> = {
  viewer,
  developer,
  publisher: [...developer, 'image.push'],
  auditor: [...viewer, 'audit.read', 'audit.export', 'audit.verify'],
  admin: permissions,
};

/** Never held by a token, whatever its owner is: no token manages people, tokens or the vault, or speaks for four eyes. */
export const sessionOnlyPermissions: readonly Permission[] = [
  'user.manage',
  'registry.manage',
  'settings.manage',
  'approve',
];

/** What a token without scopes may: read. */
export const defaultTokenScopes: readonly Permission[] = viewer;

export function permissionsOf(role: Role): readonly Permission[] {
  return rolePermissions[role];
}

/** What a token may at this moment: its scopes, of those what its owner may, less what no token may. */
export function tokenPermissions(owner: Role | Iterable<Permission>, scopes: readonly Permission[]): Permission[] {
  const held = new Set<Permission>(typeof owner === 'string' ? permissionsOf(owner) : owner);
  return scopes.filter((scope) => held.has(scope) && !sessionOnlyPermissions.includes(scope));
}
