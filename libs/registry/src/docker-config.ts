import { WaybillError, hubAddress, type ImportDockerConfigResult } from '@waybill/contract';
import { isLoopbackAddress, normalizeAddress } from './address.js';

export interface ConfigLogin {
  address: string;
  insecure: boolean;
  username: string;
  secret: string;
}

export type SkippedLogin = ImportDockerConfigResult['skipped'][number];

export interface DockerConfigLogins {
  logins: ConfigLogin[];
  skipped: SkippedLogin[];
}

type Place = { address: string; insecure: boolean };

const maxEntries = 500;

/**
 * Reads the logins of a `~/.docker/config.json`. What can't be imported is named with its reason: a login that a
 * credential helper keeps, an identity token, one without a secret. Nothing of the text stands in an error.
 * Source: docker/cli, cli/config/configfile.
 * @throws WaybillError docker_config.invalid
 */
export function parseDockerConfig(text: string): DockerConfigLogins {
  const config = read(text);
  const auths = section(config, 'auths');
  const helpers = section(config, 'credHelpers');
  const store =
    typeof config['credsStore'] === 'string' && config['credsStore'] ? shownHelper(config['credsStore']) : null;
  const logins: ConfigLogin[] = [];
  const skipped: SkippedLogin[] = [];
  const seen = new Set<string>();

  for (const [key, entry] of Object.entries(auths).slice(0, maxEntries)) {
    const place = placeOf(key);
    if (!place) {
      skipped.push({
        address: shownAddress(key),
        reason: /\/v1\/(?:access|refresh)-token$/.test(key) ? 'identity_token' : 'address_refused',
        helper: null,
      });
      continue;
    }
    const result = loginOf(entry);
    if (typeof result === 'string') {
      const helper = result === 'no_secret' ? helperFor(helpers, place.address, store) : null;
      skipped.push({ address: place.address, reason: helper ? 'credential_helper' : result, helper });
    } else if (seen.has(place.address)) {
      skipped.push({ address: place.address, reason: 'duplicate', helper: null });
    } else {
      logins.push({ ...place, ...result });
    }
    seen.add(place.address);
  }
  for (const [key, helper] of Object.entries(helpers).slice(0, maxEntries)) {
    const address = placeOf(key)?.address ?? shownAddress(key);
    if (!seen.has(address))
      skipped.push({
        address,
        reason: 'credential_helper',
        helper: typeof helper === 'string' ? shownHelper(helper) : null,
      });
    seen.add(address);
  }
  if (store && seen.size === 0) skipped.push({ address: hubAddress, reason: 'credential_helper', helper: store });
  return { logins, skipped };
}

function read(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw invalid('It is not JSON.');
  }
  if (!isRecord(value)) throw invalid('It is not a JSON object.');
  if (!['auths', 'credHelpers', 'credsStore'].some((name) => name in value))
    throw invalid('It has none of “auths”, “credHelpers” and “credsStore”.');
  return value;
}

function section(config: Record<string, unknown>, name: string): Record<string, unknown> {
  const value = config[name] ?? {};
  if (!isRecord(value)) throw invalid(`Its “${name}” is not an object.`);
  return value;
}

function placeOf(key: string): Place | null {
  const plain = /^http:\/\//i.test(key);
  const bare = key.replace(/^https?:\/\//i, '');
  try {
    const address = normalizeAddress(bare, { insecure: false });
    return { address, insecure: address !== hubAddress && (plain || isLoopbackAddress(address)) };
  } catch {
    return null;
  }
}

function loginOf(entry: unknown): { username: string; secret: string } | 'no_secret' | 'identity_token' | 'unreadable' {
  if (!isRecord(entry)) return 'unreadable';
  if (entry['identitytoken'] || entry['registrytoken']) return 'identity_token';
  const auth = entry['auth'];
  if (typeof auth === 'string' && auth !== '') {
    const decoded = decode(auth);
    const colon = decoded?.indexOf(':') ?? -1;
    if (decoded === null || colon < 1) return 'unreadable';
    const secret = decoded.slice(colon + 1).replace(/\0+$/, '');
    return secret ? { username: decoded.slice(0, colon), secret } : 'no_secret';
  }
  const { username, password } = entry;
  if (typeof username !== 'string' || typeof password !== 'string' || !username || !password) return 'no_secret';
  return { username, secret: password };
}

function decode(auth: string): string | null {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(auth.trim())) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(auth.trim(), 'base64'));
  } catch {
    return null;
  }
}

function helperFor(helpers: Record<string, unknown>, address: string, store: string | null): string | null {
  const own = Object.entries(helpers).find(([key]) => placeOf(key)?.address === address)?.[1];
  return typeof own === 'string' ? shownHelper(own) : store;
}

/** A helper is the end of a program's name: anything else that stands there is not shown. */
function shownHelper(text: string): string {
  return /^[A-Za-z0-9._-]{1,64}$/.test(text) ? text : '?';
}

/** A key that is no address may hold a password (`https://user:password@host`): only what comes after it is shown. */
function shownAddress(key: string): string {
  return (
    key
      .replace(/^[a-z]+:\/\//i, '')
      .split(/[/?#]/)[0]
      ?.split('@')
      .at(-1) ?? ''
  )
    .replace(/[^A-Za-z0-9.:[\]-]/g, '?')
    .slice(0, 120);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(why: string): WaybillError {
  return new WaybillError(
    'docker_config.invalid',
    `This is not a docker config.json. ${why} Paste the whole file as it is.`,
  );
}
