import { WaybillError, hubAddress, type Realm } from '@waybill/contract';
import { hostnameOf } from '../address.js';

/** The Hub's own login server: with docker.io it needs no confirmation. */
const hubRealm = 'https://auth.docker.io/token';

export type RealmVerdict = 'confirmed' | 'unconfirmed' | 'changed';

/** Whether a realm needs no confirmation by a person: it is on the registry's own host (port aside), or the Hub's own. */
export function confirmsItself(address: string, realm: Realm): boolean {
  if (address === hubAddress) return realm.url === hubRealm;
  return new URL(realm.url).hostname === hostnameOf(address);
}

/**
 * Whether a realm may be given the secret. One that was confirmed is pinned: then no other one is taken, not even on
 * the registry's own host.
 * @param confirmed the pinned realm's url, null while there is none
 */
export function judgeRealm(address: string, realm: Realm, confirmed: string | null): RealmVerdict {
  if (confirmed !== null) return realm.url === confirmed ? 'confirmed' : 'changed';
  return confirmsItself(address, realm) ? 'confirmed' : 'unconfirmed';
}

/** @throws WaybillError registry.realm_unconfirmed or registry.realm_changed, the realm in `extra` */
export function requireConfirmed(address: string, realm: Realm, confirmed: string | null): void {
  const failure = realmFailure(address, realm, confirmed);
  if (failure) throw failure;
}

export function realmFailure(address: string, realm: Realm, confirmed: string | null): WaybillError | null {
  switch (judgeRealm(address, realm, confirmed)) {
    case 'confirmed':
      return null;
    case 'unconfirmed':
      return new WaybillError(
        'registry.realm_unconfirmed',
        `“${address}” wants the password sent to “${realm.url}”. Check the registry and confirm this login server first; nothing was sent.`,
        { extra: { realm: realm.url } },
      );
    case 'changed':
      return new WaybillError(
        'registry.realm_changed',
        `“${address}” wants the password sent to “${realm.url}”, not to “${confirmed}” as confirmed. Nothing was sent. If the change is meant, check the registry, and enter the password again.`,
        { extra: { realm: realm.url, confirmed } },
      );
  }
}
