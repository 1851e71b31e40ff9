import { WaybillError, type AuditDraft, type UpdateRegistryRequest } from '@waybill/contract';
import { kindOf } from '@waybill/registry';
import type { ActorContext } from '../common/actor-context.js';
import { loginIn, requireUsername, type CredentialText } from './credential-text.js';
import type { RegistryChange } from './registries.repository.js';
import { aboutRegistry, addedLogin, changesOf, secretChange } from './registry-drafts.js';
import { defaultCredential, type RegistryRecord } from './registry.types.js';

export interface UpdatePlan {
  change: RegistryChange & { address: string };
  /** Address or transport is another one: what was learned of the old place is forgotten. */
  moved: boolean;
  /** The default login and what changes of it. */
  login: { id: string; change: Partial<CredentialText> } | null;
  /** A first login. */
  added: CredentialText | null;
  /** Logins whose secrets must not travel along. */
  dropped: string[];
  /** Empty where nothing changes. */
  drafts: AuditDraft[];
}

/**
 * What a change of a registry does. Another address or transport asks for the password again: an old secret must not
 * travel to a new place. Otherwise user name and secret are those of the default login.
 * @throws WaybillError registry.protected, credential.secret_required, request.invalid, and what `accept` throws
 */
export function planUpdate(
  old: RegistryRecord,
  request: UpdateRegistryRequest,
  who: ActorContext,
  accept: (address: string, insecure: boolean) => string,
): UpdatePlan {
  const insecure = request.insecure ?? old.insecure;
  const stays = request.address === undefined && insecure === old.insecure;
  const address = stays ? old.address : accept(request.address ?? old.address, insecure);
  const moved = address !== old.address || insecure !== old.insecure;
  if (moved && old.kind === 'hub')
    throw new WaybillError('registry.protected', 'Docker Hub keeps its address. Add another registry instead.');
  const login = defaultCredential(old);
  if (moved && login && !request.secret) {
    throw new WaybillError(
      'credential.secret_required',
      'Enter the password again: the old one must not be sent to a new address.',
    );
  }
  if (request.username !== undefined) requireUsername(request.username);
  const { name, username, secret } = request;
  const plan: UpdatePlan = {
    change: { ...(name === undefined ? {} : { name }), address, insecure, kind: kindOf(address) },
    moved,
    login: login && {
      id: login.id,
      change: { ...(username && username !== login.username ? { username } : {}), ...(secret ? { secret } : {}) },
    },
    added: login ? null : loginIn(request),
    dropped: moved ? old.credentials.filter((one) => one.id !== login?.id).map((one) => one.id) : [],
    drafts: [],
  };
  return { ...plan, drafts: draftsOf(old, plan, who) };
}

function draftsOf(old: RegistryRecord, plan: UpdatePlan, who: ActorContext): AuditDraft[] {
  const { name, address, insecure } = old;
  const about = { id: old.id, address: plan.change.address };
  const drafts: AuditDraft[] = [];
  const changes = changesOf(
    { name, address, insecure },
    { name: plan.change.name, address: plan.change.address, insecure: plan.change.insecure },
  );
  if (changes.length) drafts.push(aboutRegistry(who, 'registry.update', about, { details: { changes } }));
  const { login, added, dropped } = plan;
  if (login && Object.keys(login.change).length) {
    const before = defaultCredential(old)?.username ?? null;
    const loginChanges = [
      ...changesOf({ username: before }, { username: login.change.username }),
      ...(login.change.secret ? [secretChange] : []),
    ];
    drafts.push(
      aboutRegistry(who, 'credential.update', about, { details: { credentialId: login.id, changes: loginChanges } }),
    );
  }
  if (added)
    drafts.push(aboutRegistry(who, 'credential.create', about, { details: { changes: addedLogin(added.username) } }));
  for (const credentialId of dropped)
    drafts.push(aboutRegistry(who, 'credential.remove', about, { details: { credentialId } }));
  return drafts;
}
