import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WaybillError } from '@waybill/contract';
import type { EngineTls } from './engine-target.js';

export const defaultEngineHost = 'unix:///var/run/docker.sock';

export interface FoundEngineHost {
  readonly host: string;
  readonly source: 'DOCKER_HOST' | 'context' | 'default';
  /** The docker context that names the host. */
  readonly context?: string;
  readonly tls?: EngineTls;
}

/**
 * Finds the engine as the docker CLI does: DOCKER_HOST, else the context (DOCKER_CONTEXT, else `currentContext` of config.json),
 * else the default socket. Reads only files below `home` (or DOCKER_CONFIG) and DOCKER_CERT_PATH.
 * @throws WaybillError `engine.unreachable` where a context is named that is not there, or TLS material cannot be read
 */
export function findEngineHost(env: Readonly<Record<string, string | undefined>>, home: string): FoundEngineHost {
  const config = env['DOCKER_CONFIG'] || join(home, '.docker');
  const host = env['DOCKER_HOST'];
  if (host) return { host, source: 'DOCKER_HOST', ...tlsOf(environmentTls(env, config)) };
  const context = env['DOCKER_CONTEXT'] || currentContext(config);
  if (context && context !== 'default') return fromContext(config, context);
  return { host: defaultEngineHost, source: 'default' };
}

/** The TLS material that DOCKER_CERT_PATH and DOCKER_TLS_VERIFY speak of; undefined where neither is set. */
export function environmentTls(
  env: Readonly<Record<string, string | undefined>>,
  config: string,
): EngineTls | undefined {
  const verify = Boolean(env['DOCKER_TLS_VERIFY']);
  const folder = env['DOCKER_CERT_PATH'];
  if (!verify && !folder) return undefined;
  return { ...pemFiles(folder || config), verify };
}

function tlsOf(tls: EngineTls | undefined): { tls?: EngineTls } {
  return tls ? { tls } : {};
}

function pemFiles(folder: string): EngineTls {
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readIfThere(join(folder, name)));
  return { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) };
}

function currentContext(config: string): string | undefined {
  const value = readJson(join(config, 'config.json'))?.['currentContext'];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function fromContext(config: string, context: string): FoundEngineHost {
  const id = createHash('sha256').update(context).digest('hex');
  const meta = readJson(join(config, 'contexts', 'meta', id, 'meta.json'));
  const endpoints = meta?.['Endpoints'] as { docker?: { Host?: unknown; SkipTLSVerify?: unknown } } | undefined;
  const host = endpoints?.docker?.Host;
  if (typeof host !== 'string' || host === '') {
    throw new WaybillError(
      'engine.unreachable',
      `The docker context “${context}” is not there. Choose another one with “docker context use”, or set WAYBILL_ENGINE_HOST.`,
    );
  }
  const pem = pemFiles(join(config, 'contexts', 'tls', id, 'docker'));
  const tls = pem.ca || pem.cert ? { ...pem, verify: endpoints?.docker?.SkipTLSVerify !== true } : undefined;
  return { host, source: 'context', context, ...tlsOf(tls) };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new WaybillError(
      'engine.unreachable',
      `“${path}” cannot be read (${code ?? 'unknown'}). Make it readable for Waybill, or set WAYBILL_ENGINE_HOST.`,
      {
        cause: error,
      },
    );
  }
}

function readJson(path: string): Record<string, unknown> | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch (cause) {
    throw new WaybillError('engine.unreachable', `“${path}” is not JSON. Repair it, or set WAYBILL_ENGINE_HOST.`, {
      cause,
    });
  }
}
