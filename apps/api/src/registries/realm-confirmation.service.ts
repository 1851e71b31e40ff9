import { Injectable } from '@nestjs/common';
import { WaybillError } from '@waybill/contract';
import { challenge } from '@waybill/registry';
import { Record } from '../audit/record.service.js';
import type { ActorContext } from '../common/actor-context.js';
import { CredentialWriter } from './credential-writer.js';
import { GuardedHttp } from './guarded-http.js';
import { OneAtATime } from './one-at-a-time.js';
import { RegistriesRepository } from './registries.repository.js';
import { aboutRegistry, secretChange } from './registry-drafts.js';
import { defaultCredential } from './registry.types.js';

/** Pins the login server that a person has seen and confirmed. */
@Injectable()
export class RealmConfirmation {
  constructor(
    private readonly repository: RegistriesRepository,
    private readonly credentials: CredentialWriter,
    private readonly http: GuardedHttp,
    private readonly record: Record,
    private readonly turns: OneAtATime,
  ) {}

  /**
   * Does nothing where the registry names another login server by now, or none: the check that follows shows what it names.
   * Taking another one's place asks for the default login's secret again; the other logins are removed.
   * @throws WaybillError registry.not_found, credential.secret_required
   */
  confirm(id: string, confirmed: string, secret: string | undefined, who: ActorContext): Promise<void> {
    return this.turns.run(async () => {
      const registry = await this.repository.find(id);
      if (!registry) throw new WaybillError('registry.not_found', 'There is no registry with this id.');
      const named = await this.realmOf(registry);
      if (!named || named.url !== confirmed || registry.realm?.url === named.url) return;
      const login = registry.realm ? defaultCredential(registry) : null;
      if (login && !secret) {
        throw new WaybillError(
          'credential.secret_required',
          'Enter the password again: the old one must not be sent to another login server.',
        );
      }
      const dropped = login ? registry.credentials.filter((one) => one.id !== login.id).map((one) => one.id) : [];
      const changes = [{ field: 'realm', before: registry.realm?.url ?? null, after: named.url }];
      const drafts = [aboutRegistry(who, 'registry.confirm_realm', registry, { details: { changes } })];
      if (login)
        drafts.push(
          aboutRegistry(who, 'credential.update', registry, {
            details: { credentialId: login.id, changes: [secretChange] },
          }),
        );
      drafts.push(
        ...dropped.map((credentialId) =>
          aboutRegistry(who, 'credential.remove', registry, { details: { credentialId } }),
        ),
      );
      await this.record.appendWith(drafts, async (tx) => {
        await this.repository.pinRealm(id, named, tx);
        if (dropped.length) await this.repository.removeCredentials(dropped, tx);
        if (login && secret) await this.credentials.change(id, login.id, { secret }, tx);
      });
    });
  }

  private async realmOf(registry: { address: string; insecure: boolean }) {
    try {
      return (await challenge(this.http, registry)).realm;
    } catch (error) {
      if (error instanceof WaybillError) return null;
      throw error;
    }
  }
}
