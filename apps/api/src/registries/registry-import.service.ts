import { Injectable } from '@nestjs/common';
import { WaybillError, hubAddress, type AuditDraft, type ImportDockerConfigResult } from '@waybill/contract';
import { kindOf, parseDockerConfig, type ConfigLogin } from '@waybill/registry';
import { Record } from '../audit/record.service.js';
import type { ActorContext } from '../common/actor-context.js';
import { newId } from '../common/ids.js';
import { requireUsername } from './credential-text.js';
import { CredentialWriter } from './credential-writer.js';
import { OneAtATime } from './one-at-a-time.js';
import { OwnListeners } from './own-listeners.js';
import { RegistriesRepository, type NewRegistry } from './registries.repository.js';
import { aboutRegistry, addedLogin, changesOf } from './registry-drafts.js';

interface Plan {
  login: ConfigLogin;
  registry: { id: string; address: string };
  /** The registry to be made, where it is new. */
  fresh: NewRegistry | null;
  isDefault: boolean;
  credentialId: string;
}

/** Takes over the logins of a `~/.docker/config.json`: all that can be, in one transaction. */
@Injectable()
export class RegistryImport {
  constructor(
    private readonly repository: RegistriesRepository,
    private readonly credentials: CredentialWriter,
    private readonly listeners: OwnListeners,
    private readonly record: Record,
    private readonly turns: OneAtATime,
  ) {}

  /** A login that is there already keeps its secret and is told as a duplicate. @throws WaybillError docker_config.invalid */
  import(text: string, who: ActorContext): Promise<ImportDockerConfigResult> {
    return this.turns.run(async () => {
      const { logins, skipped } = parseDockerConfig(text);
      const plans: Plan[] = [];
      for (const login of logins) {
        const plan = await this.plan(login);
        if (typeof plan === 'string') skipped.push({ address: login.address, reason: plan, helper: null });
        else plans.push(plan);
      }
      if (plans.length) {
        const drafts = plans.flatMap((plan) => draftsOf(plan, who));
        await this.record.appendWith(drafts, async (tx) => {
          for (const { login, registry, fresh, isDefault, credentialId } of plans) {
            if (fresh) await this.repository.create(fresh, tx);
            await this.credentials.create(registry.id, login, { isDefault, id: credentialId }, tx);
          }
        });
      }
      const imported = plans.map(({ login, registry, fresh }) => ({
        address: registry.address,
        username: login.username,
        registryId: registry.id,
        created: fresh !== null,
      }));
      return { imported, skipped };
    });
  }

  private async plan(login: ConfigLogin): Promise<Plan | 'address_refused' | 'duplicate' | 'unreadable'> {
    const { address, insecure, username } = login;
    try {
      requireUsername(username);
    } catch {
      return 'unreadable';
    }
    const existing = await this.repository.findByAddress(address);
    if (existing?.credentials.some((one) => one.username === username)) return 'duplicate';
    const credentialId = newId();
    if (existing)
      return { login, registry: existing, fresh: null, isDefault: existing.credentials.length === 0, credentialId };
    try {
      this.listeners.accept(address, insecure);
    } catch (error) {
      if (error instanceof WaybillError) return 'address_refused';
      throw error;
    }
    const name = address === hubAddress ? 'Docker Hub' : address.slice(0, 80);
    const fresh = { id: newId(), name, address, kind: kindOf(address), insecure, createdAt: new Date() };
    return { login, registry: fresh, fresh, isDefault: true, credentialId };
  }
}

function draftsOf({ login, registry, fresh, credentialId }: Plan, who: ActorContext): AuditDraft[] {
  const imported = aboutRegistry(who, 'credential.import', registry, {
    details: { credentialId, changes: addedLogin(login.username) },
  });
  if (!fresh) return [imported];
  const { name, address, insecure } = fresh;
  const changes = changesOf({ name: null, address: null, insecure: null }, { name, address, insecure });
  return [aboutRegistry(who, 'registry.create', registry, { details: { changes } }), imported];
}
