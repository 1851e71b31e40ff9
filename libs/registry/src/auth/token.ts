import { WaybillError, type Realm } from '@waybill/contract';
import { basicAuthorization, type RegistryHttp } from '../http/registry-http.js';
import { statusFailure, type RegistryLocation } from './challenge.js';

export interface Login {
  username: string;
  secret: string;
}

/** `repository:NAME:ACTIONS`, the only scope that is ever asked for. */
export function pullScope(repository: string): string {
  return `repository:${repository}:pull`;
}

/**
 * Asks the realm for a token, with the login as Basic in UTF-8. The caller has made sure that the realm is confirmed.
 * Source: distribution, docs/spec/auth/token.md; docker/docs, "Token authentication specification".
 * @throws WaybillError registry.{unauthorized, rate_limited, error, …}, `credential.required` where an anonymous one is refused
 */
export async function fetchToken(
  http: RegistryHttp,
  registry: RegistryLocation,
  realm: Realm,
  ask: { login?: Login | undefined; scope?: string },
): Promise<string> {
  const url = new URL(realm.url);
  if (realm.service !== null) url.searchParams.set('service', realm.service);
  if (ask.scope) url.searchParams.set('scope', ask.scope);
  if (ask.login) {
    url.searchParams.set('account', ask.login.username);
    url.searchParams.set('client_id', 'waybill');
  }
  const answer = await http.send({
    url: url.href,
    headers: { accept: 'application/json' },
    authorization: ask.login && basicAuthorization(ask.login),
  });
  if (answer.status === 200) return tokenOf(answer.body, url.host);
  if ([400, 401, 403].includes(answer.status)) throw refused(registry, ask.login !== undefined);
  if (answer.status === 404) {
    throw new WaybillError(
      'registry.error',
      `The login server “${url.host}” has nothing at the address that “${registry.address}” named.`,
    );
  }
  throw statusFailure(registry, answer);
}

export function refused(registry: RegistryLocation, withLogin: boolean): WaybillError {
  if (!withLogin)
    return new WaybillError(
      'credential.required',
      `“${registry.address}” asks for a login. Add user name and password.`,
    );
  return new WaybillError(
    'registry.unauthorized',
    `“${registry.address}” refused user name or password. Enter them again; for many registries it is not the login of the web page.`,
  );
}

function tokenOf(body: Buffer, host: string): string {
  try {
    const read: unknown = JSON.parse(body.toString('utf8'));
    if (typeof read === 'object' && read !== null) {
      const token = ('token' in read && read.token) || ('access_token' in read && read.access_token);
      if (typeof token === 'string' && /^[\x21-\x7e]+$/.test(token)) return token;
    }
  } catch {
    // Falls through: no JSON is no token.
  }
  throw new WaybillError('registry.error', `The login server “${host}” answered without a token.`);
}
