import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';

const flag = z
  .enum(['on', 'off', 'true', 'false', '1', '0'])
  .transform((value) => value === 'on' || value === 'true' || value === '1');
const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

/** One variable a line; docs/operating.md describes each. */
const variables = z.object({
  WAYBILL_HOST: z.string().min(1).default('127.0.0.1'),
  WAYBILL_PORT: whole(0, 65_535).default(8080),
  WAYBILL_DATA: z.string().min(1).default('./data'),
  WAYBILL_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgresql://')
    .optional(),
  WAYBILL_ENGINE_HOST: z.string().min(1).optional(),
  WAYBILL_ADMIN_USERNAME: z.string().min(1).max(64).optional(),
  WAYBILL_ADMIN_PASSWORD: z.string().min(10).max(256).optional(),
  WAYBILL_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  WAYBILL_TRUSTED_PROXIES: z.string().optional(),
  WAYBILL_VAULT_KEY: z.string().min(1).optional(),
  WAYBILL_EMBEDDED_REGISTRY: z.string().min(1).optional(),
  WAYBILL_OPERATIONS_AT_ONCE: whole(1, 64).default(3),
  WAYBILL_OPERATIONS_WAITING: whole(1, 10_000).default(200),
  WAYBILL_OPERATIONS_SILENCE_SECONDS: whole(1, 86_400).default(300),
  WAYBILL_OPERATIONS_BACK_OFF_SECONDS: whole(1, 3600).default(30),
  WAYBILL_TRANSCRIPT_BYTES: whole(1_000, 16_000_000).default(1_000_000),
  WAYBILL_METRICS_TOKEN: z.string().min(16).max(256).optional(),
  WAYBILL_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  WAYBILL_LOG_PRETTY: flag.optional(),
});

/** All settings, read once at start. */
export interface Config {
  host: string;
  port: number;
  /** Absolute. Holds the SQLite file, the vault's key, locks. */
  dataFolder: string;
  databaseUrl: string | null;
  /** In DOCKER_HOST's forms; null where it is to be found as the docker CLI does. */
  engineHost: string | null;
  engineEnvironment: Record<string, string | undefined>;
  home: string;
  admin: { username: string; password: string } | null;
  publicUrl: string | null;
  /** Addresses or networks whose forwarded headers count. */
  trustedProxies: string[];
  vaultKey: string | null;
  embeddedRegistry: string | null;
  /** `backOffSeconds` is the wait after the first rate limit; it doubles each time. */
  operations: {
    atOnce: number;
    waiting: number;
    silenceSeconds: number;
    backOffSeconds: number;
    transcriptBytes: number;
  };
  /** What a scraper of /metrics must show; null where there are no metrics. */
  metricsToken: string | null;
  log: { level: string; pretty: boolean };
}

/** DI token of the Config. */
export const CONFIG = Symbol('CONFIG');

/**
 * Reads the configuration.
 * @throws Error that names all that is wrong, each variable with its reason, never with its value
 */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const unknown = Object.keys(given).filter(
    (name) => name.startsWith('WAYBILL_') && !(name in variables.shape) && !outside.has(name),
  );
  const read = variables.safeParse(given);
  const reasons = read.success ? [] : read.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  reasons.push(...unknown.map((name) => `  ${name}: there is no such setting`));
  if (Boolean(given['WAYBILL_ADMIN_USERNAME']) !== Boolean(given['WAYBILL_ADMIN_PASSWORD'])) {
    reasons.push('  WAYBILL_ADMIN_USERNAME, WAYBILL_ADMIN_PASSWORD: both are needed, or neither');
  }
  if (!read.success || reasons.length) throw new Error(`The configuration is wrong:\n${reasons.join('\n')}`);
  const value = read.data;
  return {
    host: value.WAYBILL_HOST,
    port: value.WAYBILL_PORT,
    dataFolder: resolve(value.WAYBILL_DATA),
    databaseUrl: value.WAYBILL_DATABASE_URL ?? null,
    engineHost: value.WAYBILL_ENGINE_HOST ?? null,
    engineEnvironment: pick(environment, [
      'DOCKER_HOST',
      'DOCKER_CONTEXT',
      'DOCKER_CONFIG',
      'DOCKER_TLS_VERIFY',
      'DOCKER_CERT_PATH',
    ]),
    home: environment['HOME'] ?? homedir(),
    admin:
      value.WAYBILL_ADMIN_USERNAME && value.WAYBILL_ADMIN_PASSWORD
        ? { username: value.WAYBILL_ADMIN_USERNAME, password: value.WAYBILL_ADMIN_PASSWORD }
        : null,
    publicUrl: value.WAYBILL_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    trustedProxies:
      value.WAYBILL_TRUSTED_PROXIES?.split(',')
        .map((one) => one.trim())
        .filter(Boolean) ?? [],
    vaultKey: value.WAYBILL_VAULT_KEY ?? null,
    embeddedRegistry: value.WAYBILL_EMBEDDED_REGISTRY ?? null,
    operations: {
      atOnce: value.WAYBILL_OPERATIONS_AT_ONCE,
      waiting: value.WAYBILL_OPERATIONS_WAITING,
      silenceSeconds: value.WAYBILL_OPERATIONS_SILENCE_SECONDS,
      backOffSeconds: value.WAYBILL_OPERATIONS_BACK_OFF_SECONDS,
      transcriptBytes: value.WAYBILL_TRANSCRIPT_BYTES,
    },
    metricsToken: value.WAYBILL_METRICS_TOKEN ?? null,
    log: { level: value.WAYBILL_LOG_LEVEL, pretty: value.WAYBILL_LOG_PRETTY ?? process.stdout.isTTY },
  };
}

/** Variables that the launcher reads, not the server. */
const outside = new Set(['WAYBILL_EMBEDDED', 'WAYBILL_CACHE']);

function pick(from: Record<string, string | undefined>, names: string[]): Record<string, string | undefined> {
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}
