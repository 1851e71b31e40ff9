import { Injectable } from '@nestjs/common';
import { WaybillError, type CreateCredentialRequest, type UpdateCredentialRequest } from '@waybill/contract';
import { Record } from '../audit/record.service.js';
import type { ActorContext } from '../common/actor-context.js';
import { newId } from '../common/ids.js';
import { requireUsername } from './credential-text.js';
import { CredentialWriter } from './credential-writer.js';
import { OneAtATime } from './one-at-a-time.js';
import { RegistriesRepository } from './registries.repository.js';
import { aboutRegistry, addedLogin, changesOf, secretChange } from './registry-drafts.js';
import type { CredentialRecord, RegistryRecord } from './registry.types.js';

/** The logins of a registry: several are possible, one of them is the default. */
@Injectable()
export class CredentialsService {
  constructor(
    private readonly repository: RegistriesRepository,
    private readonly writer: CredentialWriter,
    private readonly record: Record,
    private readonly turns: OneAtATime,
  ) {}

  /** The first one is the default. @throws WaybillError registry.not_found, credential.duplicate, request.invalid */
  add(registryId: string, request: CreateCredentialRequest, who: ActorContext): Promise<CredentialRecord> {
    return this.turns.run(async () => {
      const registry = await this.registry(registryId);
      requireUsername(request.username);
      const id = newId();
      const isDefault = request.isDefault === true || registry.credentials.length === 0;
      const details = {
        credentialId: id,
        changes: [...addedLogin(request.username), ...changesOf({ isDefault: false }, { isDefault })],
      };
      await this.record.appendWith([aboutRegistry(who, 'credential.create', registry, { details })], (tx) =>
        this.writer.create(registryId, request, { id, isDefault }, tx),
      );
      return credentialOf(await this.registry(registryId), id);
    });
  }

  /** An empty secret leaves the old one. @throws WaybillError registry.not_found, credential.{not_found, duplicate}, request.invalid */
  change(
    registryId: string,
    id: string,
    request: UpdateCredentialRequest,
    who: ActorContext,
  ): Promise<CredentialRecord> {
    return this.turns.run(async () => {
      const registry = await this.registry(registryId);
      const old = credentialOf(registry, id);
      const { username, secret, isDefault } = request;
      if (username !== undefined) requireUsername(username);
      if (isDefault === false && old.isDefault) {
        throw new WaybillError(
          'request.invalid',
          'A registry with logins has a default one. Make another one the default instead.',
        );
      }
      const changes = changesOf({ username: old.username, isDefault: old.isDefault }, { username, isDefault });
      if (secret) changes.push(secretChange);
      if (changes.length === 0) return old;
      const details = { credentialId: id, changes };
      await this.record.appendWith([aboutRegistry(who, 'credential.update', registry, { details })], async (tx) => {
        await this.writer.change(
          registryId,
          id,
          { ...(username === undefined ? {} : { username }), ...(secret ? { secret } : {}) },
          tx,
        );
        if (isDefault) await this.repository.setDefault(registryId, id, tx);
      });
      return credentialOf(await this.registry(registryId), id);
    });
  }

  /** The oldest of those that are left becomes the default. @throws WaybillError registry.not_found, credential.not_found */
  remove(registryId: string, id: string, who: ActorContext): Promise<void> {
    return this.turns.run(async () => {
      const registry = await this.registry(registryId);
      const old = credentialOf(registry, id);
      const next = old.isDefault ? registry.credentials.find((one) => one.id !== id) : undefined;
      const details = { credentialId: id, username: old.username, ...(next ? { newDefault: next.id } : {}) };
      await this.record.appendWith([aboutRegistry(who, 'credential.remove', registry, { details })], async (tx) => {
        await this.repository.removeCredentials([id], tx);
        if (next) await this.repository.setDefault(registryId, next.id, tx);
      });
    });
  }

  private async registry(id: string): Promise<RegistryRecord> {
    const found = await this.repository.find(id);
    if (!found) throw new WaybillError('registry.not_found', 'There is no registry with this id.');
    return found;
  }
}

/** @throws WaybillError credential.not_found, also for a login of another registry */
export function credentialOf(registry: RegistryRecord, id: string): CredentialRecord {
  const found = registry.credentials.find((one) => one.id === id);
  if (!found) throw new WaybillError('credential.not_found', 'This registry has no such login. Choose another one.');
  return found;
}
