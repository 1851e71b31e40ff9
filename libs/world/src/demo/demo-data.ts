import type { RegistryAuth } from '../registry/registry-config.js';
import type { RegistryUser } from '../registry/token-server.js';

export interface DemoPerson {
  readonly username: string;
  readonly displayName: string;
  readonly role: 'admin' | 'publisher' | 'developer' | 'auditor';
}

/** One password for all of them; it opens nothing but a throw-away world on this machine. */
export const DEMO_PASSWORD = 'ship it today';

export const DEMO_ADMIN: DemoPerson = { username: 'lin', displayName: '林晓', role: 'admin' };
export const DEMO_PEOPLE: readonly DemoPerson[] = [
  { username: 'ada', displayName: 'Ada Moreau', role: 'publisher' },
  { username: 'wei', displayName: '王伟', role: 'developer' },
  { username: 'noor', displayName: 'Noor Aziz', role: 'auditor' },
];

/** The pipeline's account: no login, a token only. */
export const DEMO_SERVICE = { username: 'ci-bot', displayName: 'CI', kind: 'service', role: 'publisher' } as const;
export const DEMO_SERVICE_SCOPES = [
  'engine.read',
  'image.read',
  'image.pull',
  'image.tag',
  'image.push',
  'operation.read',
];

/** The team's logins at the registries; nobody on the page ever sees the passwords. */
export const DEMO_LOGIN: RegistryUser = { name: '乐乐开心果123', password: '密码: 开 心' };

export const DEMO_REGISTRIES: readonly { readonly auth: RegistryAuth; readonly name: string }[] = [
  { auth: 'token', name: 'Team registry' },
  { auth: 'htpasswd', name: 'Staging' },
  { auth: 'none', name: 'Open shelf' },
];

export interface DemoImage {
  readonly auth: RegistryAuth;
  /** Repository and tag, behind the registry's address. */
  readonly name: string;
  readonly layers: number;
  readonly bytesPerLayer: number;
  /** Pushed by this person at the beginning; else it is only there to be pushed. */
  readonly pushedBy?: string;
}

export const DEMO_IMAGES: readonly DemoImage[] = [
  { auth: 'token', name: 'shop/checkout:2.3.0', layers: 5, bytesPerLayer: 3_000_000, pushedBy: 'ada' },
  { auth: 'token', name: 'shop/checkout:2.4.0', layers: 6, bytesPerLayer: 30_000_000 },
  { auth: 'token', name: 'shop/catalog:1.18.2', layers: 7, bytesPerLayer: 2_000_000, pushedBy: 'ada' },
  { auth: 'htpasswd', name: 'shop/checkout:2.4.0-rc.1', layers: 4, bytesPerLayer: 2_500_000, pushedBy: 'lin' },
  { auth: 'htpasswd', name: 'data/reports:nightly', layers: 8, bytesPerLayer: 1_500_000, pushedBy: 'ci-bot' },
  { auth: 'none', name: 'tools/linter:9', layers: 3, bytesPerLayer: 1_000_000, pushedBy: 'lin' },
];
