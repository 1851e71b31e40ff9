import { Injectable, Logger } from '@nestjs/common';
import { RegistryClient } from '@waybill/registry';
import { GuardedHttp } from './guarded-http.js';
import { RegistriesRepository } from './registries.repository.js';
import { RegistryEvents } from './registry.events.js';
import type { RegistryRecord } from './registry.types.js';
import { VaultService } from './vault/vault.service.js';

const leastPauseMs = 30_000;

/** Reads the Hub's pull limit after a pull or a check, with a HEAD that counts as none. */
@Injectable()
export class RateLimits {
  private readonly logger = new Logger('Registries');
  private readAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly repository: RegistriesRepository,
    private readonly vault: VaultService,
    private readonly http: GuardedHttp,
    private readonly events: RegistryEvents,
  ) {}

  /** In the background, at most twice a minute: nobody waits for it, and nothing fails with it. */
  refresh(registry: RegistryRecord, credentialId: string | null): void {
    if (performance.now() - this.readAt < leastPauseMs) return;
    this.readAt = performance.now();
    this.read(registry, credentialId).catch((error: unknown) => {
      this.logger.debug(`The pull limit of ${registry.address} could not be read: ${(error as Error).message}`);
    });
  }

  /** Asks now, and keeps the answer. */
  async read(registry: RegistryRecord, credentialId: string | null): Promise<void> {
    const credential = credentialId ? await this.vault.reveal(credentialId, registry) : undefined;
    const { address, insecure, realm } = registry;
    const client = new RegistryClient(this.http, { address, insecure, credential, confirmedRealm: realm?.url ?? null });
    const limit = await client.rateLimit();
    if (!limit) return;
    await this.repository.saveRateLimit(registry.id, limit);
    this.events.emit('changed', null);
  }
}
