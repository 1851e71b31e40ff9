import type { CheckResult, Credential, Permission, RateLimit, Realm, Registry, RegistryKind } from '@waybill/contract';

/** A registry as the domain knows it. Its secrets are the vault's alone. */
export interface RegistryRecord {
  id: string;
  name: string;
  address: string;
  kind: RegistryKind;
  insecure: boolean;
  /** The pinned login server: the only one that is given a secret. */
  realm: Realm | null;
  lastCheck: CheckResult | null;
  rateLimit: RateLimit | null;
  createdAt: Date;
  /** The oldest first. */
  credentials: CredentialRecord[];
}

export interface CredentialRecord {
  id: string;
  username: string;
  isDefault: boolean;
  createdAt: Date;
  updatedAt: Date;
  lastUsedAt: Date | null;
}

export function defaultCredential(registry: RegistryRecord): CredentialRecord | null {
  return registry.credentials.find((one) => one.isDefault) ?? registry.credentials[0] ?? null;
}

/** The registry as this actor may see it: logins, checks and login servers are for who pulls or manages. */
export function registryFor(registry: RegistryRecord, permissions: ReadonlySet<Permission>): Registry {
  const { credentials, createdAt, ...rest } = registry;
  const shown = { ...rest, createdAt: createdAt.toISOString() };
  if (!permissions.has('image.pull') && !permissions.has('registry.manage')) {
    return { ...shown, realm: null, lastCheck: null, credentials: [] };
  }
  return { ...shown, credentials: credentials.map(toCredential) };
}

export function toCredential(credential: CredentialRecord): Credential {
  return {
    ...credential,
    createdAt: credential.createdAt.toISOString(),
    updatedAt: credential.updatedAt.toISOString(),
    lastUsedAt: credential.lastUsedAt?.toISOString() ?? null,
  };
}
