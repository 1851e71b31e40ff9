import { WaybillError, type Realm, type RegistryScheme } from '@waybill/contract';
import { apiBase } from '../address.js';
import { headerText, type Answer, type RegistryHttp } from '../http/registry-http.js';
import { parseChallenges } from './www-authenticate.js';

export interface RegistryLocation {
  /** Canonical, as normalizeAddress gives it. */
  address: string;
  insecure: boolean;
}

/** How a registry wants to be logged in to; `realm` is there for `bearer` alone. */
export interface RegistryChallenge {
  scheme: RegistryScheme;
  realm: Realm | null;
}

/**
 * Asks `GET /v2/` without a credential. Source: distribution spec, "Determining Support"; distribution, docs/spec/auth/token.md.
 * @throws WaybillError registry.{not_a_registry, rate_limited, error, denied, …} and all of RegistryHttp.send
 */
export async function challenge(
  http: Pick<RegistryHttp, 'send'>,
  registry: RegistryLocation,
): Promise<RegistryChallenge> {
  const answer = await http.send({ url: `${apiBase(registry.address, registry.insecure)}/v2/` });
  return readChallenge(registry, answer);
}

function readChallenge(registry: RegistryLocation, answer: Answer): RegistryChallenge {
  if (answer.status === 200) {
    if (!speaksRegistry(answer)) throw notARegistry(registry, 'what answers there is a page or something else');
    return { scheme: 'none', realm: null };
  }
  if (answer.status !== 401) throw statusFailure(registry, answer);
  const challenges = parseChallenges(answer.headers['www-authenticate']);
  const realms = new Map(
    challenges
      .filter((one) => one.scheme === 'bearer')
      .map((one) => [one.params['realm'] ?? '', one.params['service'] ?? null]),
  );
  if (realms.size > 1) throw notARegistry(registry, 'it names several login servers');
  const [bearer] = realms;
  if (bearer) return { scheme: 'bearer', realm: { url: realmUrl(registry, bearer[0]), service: bearer[1] } };
  if (challenges.some((one) => one.scheme === 'basic')) return { scheme: 'basic', realm: null };
  throw notARegistry(registry, 'it asks for a kind of login that registries do not have');
}

/** The realm as a URL in its normal form; it has to be a web address, and with TLS where the registry has it. */
function realmUrl(registry: RegistryLocation, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.hash || url.href.length > 2048) {
    throw notARegistry(registry, 'it names a login server that is not a web address');
  }
  if (url.protocol === 'http:' && !registry.insecure) {
    throw new WaybillError(
      'registry.address_refused',
      `The registry names the login server “${url.href}”, which would get the password in plain http.`,
    );
  }
  return url.href;
}

function speaksRegistry(answer: Answer): boolean {
  if (headerText(answer, 'docker-distribution-api-version')) return true;
  const type = headerText(answer, 'content-type') ?? '';
  return answer.body.length === 0 || /\bjson\b/i.test(type);
}

function notARegistry(registry: RegistryLocation, why: string): WaybillError {
  return new WaybillError(
    'registry.not_a_registry',
    `There is no registry at “${registry.address}”: ${why}. Look at the address.`,
  );
}

/** What a status means that is neither success nor a question for a login. */
export function statusFailure(registry: RegistryLocation, answer: Answer): WaybillError {
  const { address } = registry;
  const original = ociErrors(answer.body);
  const { status } = answer;
  if (status === 429) {
    const seconds = Number(headerText(answer, 'retry-after'));
    const retryAfter = Number.isInteger(seconds) && seconds > 0 ? { retryAfter: seconds } : {};
    return new WaybillError(
      'registry.rate_limited',
      `“${address}” answers no more requests for now. Wait, or log in for a higher limit.`,
      { original, ...retryAfter },
    );
  }
  if (status === 403) return new WaybillError('registry.denied', `“${address}” does not allow this.`, { original });
  if (status === 401)
    return new WaybillError(
      'registry.unauthorized',
      `“${address}” refused the login. Enter user name and password again.`,
      { original },
    );
  if (status >= 500)
    return new WaybillError('registry.error', `“${address}” reported an error (HTTP ${status}). Try again later.`, {
      original,
    });
  if (status === 400 && /HTTPS server/i.test(answer.body.toString('utf8', 0, 300))) {
    return new WaybillError(
      'registry.not_a_registry',
      `“${address}” speaks TLS, but is marked as plain http. Take the mark away.`,
    );
  }
  return notARegistry(registry, `it answers /v2/ with HTTP ${status}`);
}

/** The codes of an OCI error body, and nothing else of it. Source: distribution spec, "Error Codes". */
function ociErrors(body: Buffer): string | null {
  try {
    const read: unknown = JSON.parse(body.toString('utf8'));
    const list: unknown = typeof read === 'object' && read !== null && 'errors' in read ? read.errors : null;
    if (!Array.isArray(list)) return null;
    const codes = list
      .slice(0, 5)
      .map((one: unknown) => (typeof one === 'object' && one !== null && 'code' in one ? one.code : null))
      .filter((code): code is string => typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code));
    return codes.length ? codes.join(', ') : null;
  } catch {
    return null;
  }
}
