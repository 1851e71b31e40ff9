import { Injectable } from '@nestjs/common';
import { WaybillError, type CreateRegistryRequest, type UpdateRegistryRequest } from '@waybill/contract';
import { isUniqueViolation } from '@waybill/database';
import { kindOf } from '@waybill/registry';
import { Record } from '../audit/record.service.js';
import type { ActorContext } from '../common/actor-context.js';
import { newId } from '../common/ids.js';
import { loginIn } from './credential-text.js';
import { CredentialWriter } from './credential-writer.js';
import { OneAtATime } from './one-at-a-time.js';
import { OwnListeners } from './own-listeners.js';
import { RegistriesRepository } from './registries.repository.js';
import { aboutRegistry, addedLogin, changesOf } from './registry-drafts.js';
import { planUpdate } from './registry-update.js';
import type { RegistryRecord } from './registry.types.js';

/** Adds, changes and removes registries, each change on record in the same transaction. */
@Injectable()
export class RegistryAdmin {
  constructor(
    private readonly repository: RegistriesRepository,
    private readonly credentials: CredentialWriter,
    private readonly listeners: OwnListeners,
    private readonly record: Record,
    private readonly turns: OneAtATime,
  ) {}

  /** @throws WaybillError registry.{duplicate, address_invalid, address_refused}, credential.secret_required, request.invalid */
  create(request: CreateRegistryRequest, who: ActorContext): Promise<RegistryRecord> {
    return this.turns.run(async () => {
      const { name, insecure } = request;
      const address = this.listeners.accept(request.address, insecure);
      const login = loginIn(request);
      if (await this.repository.findByAddress(address)) throw duplicate(address);
      const registry = { id: newId(), name, address, kind: kindOf(address), insecure, createdAt: new Date() };
      const changes = changesOf({ name: null, address: null, insecure: null }, { name, address, insecure });
      const drafts = [aboutRegistry(who, 'registry.create', registry, { details: { changes } })];
      const credentialId = newId();
      if (login) {
        drafts.push(
          aboutRegistry(who, 'credential.create', registry, {
            details: { credentialId, changes: addedLogin(login.username) },
          }),
        );
      }
      await this.record.appendWith(drafts, async (tx) => {
        await free(address, this.repository.create(registry, tx));
        if (login) await this.credentials.create(registry.id, login, { isDefault: true, id: credentialId }, tx);
      });
      return this.get(registry.id);
    });
  }

  /** As `planUpdate` says. @throws WaybillError registry.{not_found, duplicate, protected, …}, credential.*, request.invalid */
  update(id: string, request: UpdateRegistryRequest, who: ActorContext): Promise<RegistryRecord> {
    return this.turns.run(async () => {
      const old = await this.get(id);
      const { change, moved, login, added, dropped, drafts } = planUpdate(old, request, who, (text, insecure) =>
        this.listeners.accept(text, insecure),
      );
      if (drafts.length === 0) return old;
      await this.record.appendWith(drafts, async (tx) => {
        await free(change.address, this.repository.update(id, change, tx));
        if (moved) await this.repository.forgetFindings(id, tx);
        if (dropped.length) await this.repository.removeCredentials(dropped, tx);
        if (login) await this.credentials.change(id, login.id, login.change, tx);
        if (added) await this.credentials.create(id, added, { isDefault: true, id: newId() }, tx);
      });
      return this.get(id);
    });
  }

  /** @throws WaybillError registry.not_found, registry.protected for Docker Hub */
  remove(id: string, who: ActorContext): Promise<void> {
    return this.turns.run(async () => {
      const registry = await this.get(id);
      if (registry.kind === 'hub')
        throw new WaybillError('registry.protected', 'Docker Hub is always there. Its logins can be removed.');
      const details = { name: registry.name, credentials: registry.credentials.length };
      await this.record.appendWith([aboutRegistry(who, 'registry.remove', registry, { details })], (tx) =>
        this.repository.remove(id, tx),
      );
    });
  }

  private async get(id: string): Promise<RegistryRecord> {
    const found = await this.repository.find(id);
    if (!found) throw new WaybillError('registry.not_found', 'There is no registry with this id.');
    return found;
  }
}

async function free(address: string, write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (error) {
    throw isUniqueViolation(error) ? duplicate(address) : error;
  }
}

function duplicate(address: string): WaybillError {
  return new WaybillError('registry.duplicate', `“${address}” is registered already. Add a login to it instead.`);
}
