import { join } from 'node:path';

export type RegistryAuth = 'none' | 'htpasswd' | 'token';

export interface RegistryNotification {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers carry it, so that a registry of somebody else on a port that was just free is not taken for ours. */
export const INSTANCE_HEADER = 'x-waybill-world';

export interface RegistryConfig {
  readonly dir: string;
  readonly port: number;
  readonly instance: string;
  readonly auth: RegistryAuth;
  readonly deleteEnabled: boolean;
  readonly notifications: readonly RegistryNotification[];
  readonly token?: { readonly realm: string; readonly service: string; readonly issuer: string };
}

/** Files of a registry below its folder. */
export const registryFiles = (dir: string) => ({
  config: join(dir, 'config.yml'),
  htpasswd: join(dir, 'htpasswd'),
  certificate: join(dir, 'token-certificate.pem'),
  key: join(dir, 'token-key.pem'),
  storage: join(dir, 'storage'),
});

function authSection(config: RegistryConfig): Record<string, unknown> | undefined {
  const files = registryFiles(config.dir);
  if (config.auth === 'htpasswd') return { htpasswd: { realm: 'waybill', path: files.htpasswd } };
  if (config.auth === 'none') return undefined;
  if (!config.token) throw new Error('A registry with tokens needs the address of its token server.');
  return { token: { ...config.token, rootcertbundle: files.certificate } };
}

/** The registry's configuration file (distribution 2.8, docs/configuration.md). JSON is YAML, so no YAML is written by hand. */
export function registryConfig(config: RegistryConfig): string {
  const auth = authSection(config);
  const endpoints = config.notifications.map(({ url, headers }, index) => ({
    name: `endpoint-${index}`,
    url,
    headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, [value]])),
    timeout: '2s',
    threshold: 5,
    backoff: '1s',
  }));
  return `${JSON.stringify(
    {
      version: '0.1',
      log: { level: 'warn', accesslog: { disabled: true } },
      storage: {
        filesystem: { rootdirectory: registryFiles(config.dir).storage },
        delete: { enabled: config.deleteEnabled },
        maintenance: { uploadpurging: { enabled: false } },
      },
      http: { addr: `127.0.0.1:${config.port}`, headers: { [INSTANCE_HEADER]: [config.instance] } },
      ...(auth ? { auth } : {}),
      ...(endpoints.length > 0 ? { notifications: { endpoints } } : {}),
    },
    null,
    2,
  )}\n`;
}
