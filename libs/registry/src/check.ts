import { WaybillError, type Failure, type Realm, type RegistryScheme } from '@waybill/contract';
import { apiBase } from './address.js';
import { challenge, statusFailure, type RegistryChallenge, type RegistryLocation } from './auth/challenge.js';
import { judgeRealm, realmFailure } from './auth/realm.js';
import { fetchToken, refused, type Login } from './auth/token.js';
import { basicAuthorization, type RegistryHttp } from './http/registry-http.js';

export interface CheckAsk extends RegistryLocation {
  credential?: Login | undefined;
  /** The pinned realm's url; another one gets no secret. */
  confirmedRealm?: string | null;
}

export interface RegistryCheck {
  ok: boolean;
  scheme: RegistryScheme | null;
  realm: Realm | null;
  /** False while a person has to confirm the realm; no secret was sent then. True where there is none. */
  realmConfirmed: boolean;
  error: Failure | null;
  latencyMs: number | null;
}

/**
 * Logs in to a registry as an engine would, and says what came of it; it never throws for what the registry does.
 * A secret goes to the registry itself (Basic) or to a confirmed realm (Bearer), and nowhere else.
 */
export async function check(http: RegistryHttp, ask: CheckAsk): Promise<RegistryCheck> {
  const started = performance.now();
  const latency = () => Math.round(performance.now() - started);
  let asked: RegistryChallenge | null = null;
  try {
    asked = await challenge(http, ask);
    await logIn(http, ask, asked);
    return { ok: true, ...facts(ask, asked), error: null, latencyMs: latency() };
  } catch (error) {
    if (!(error instanceof WaybillError)) throw error;
    const reached = asked !== null;
    return { ok: false, ...facts(ask, asked), error: error.toFailure(), latencyMs: reached ? latency() : null };
  }
}

function facts(
  ask: CheckAsk,
  asked: RegistryChallenge | null,
): Pick<RegistryCheck, 'scheme' | 'realm' | 'realmConfirmed'> {
  const realm = asked?.realm ?? null;
  const realmConfirmed = realm === null || judgeRealm(ask.address, realm, ask.confirmedRealm ?? null) === 'confirmed';
  return { scheme: asked?.scheme ?? null, realm, realmConfirmed };
}

async function logIn(http: RegistryHttp, ask: CheckAsk, asked: RegistryChallenge): Promise<void> {
  if (asked.scheme === 'none') return;
  const authorization = await authorizationFor(http, ask, asked);
  const answer = await http.send({ url: `${apiBase(ask.address, ask.insecure)}/v2/`, authorization });
  if (answer.status === 200) return;
  // An anonymous token opens repositories, not always the door.
  if (asked.realm && !ask.credential && (answer.status === 401 || answer.status === 403)) return;
  throw answer.status === 401 ? refused(ask, ask.credential !== undefined) : statusFailure(ask, answer);
}

async function authorizationFor(http: RegistryHttp, ask: CheckAsk, asked: RegistryChallenge): Promise<string> {
  if (!asked.realm) {
    if (!ask.credential) throw refused(ask, false);
    return basicAuthorization(ask.credential);
  }
  if (ask.credential) {
    const failure = realmFailure(ask.address, asked.realm, ask.confirmedRealm ?? null);
    if (failure) throw failure;
  }
  return `Bearer ${await fetchToken(http, ask, asked.realm, { login: ask.credential })}`;
}
