import { Permission, Role, permissionsOf } from '@waybill/contract';

/** A grant as it is stored; `engine` null means the whole instance. */
export interface Grant {
  role: string | null;
  permission: string | null;
  engine: string | null;
}

export interface Rights {
  role: Role;
  permissions: ReadonlySet<Permission>;
}

/**
 * What a user's grants add up to on the whole instance: its role's permissions and those granted by name. A role or a
 * permission that this version does not know grants nothing.
 */
export function rightsOf(grants: readonly Grant[]): Rights {
  const whole = grants.filter((grant) => grant.engine === null);
  const roles = whole.flatMap(({ role }) => known(Role.safeParse(role)));
  const single = whole.flatMap(({ permission }) => known(Permission.safeParse(permission)));
  return {
    role: roles[0] ?? 'viewer',
    permissions: new Set([...roles.flatMap((role) => permissionsOf(role)), ...single]),
  };
}

export const permissionsOfRole = (role: Role): ReadonlySet<Permission> => new Set(permissionsOf(role));

function known<T>(read: { success: true; data: T } | { success: false }): T[] {
  return read.success ? [read.data] : [];
}
