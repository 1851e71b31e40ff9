import { Injectable, Logger } from '@nestjs/common';
import { WaybillError, hubAddress, type Reference } from '@waybill/contract';
import {
  RegistryClient,
  challenge,
  engineServerAddress,
  judgeRealm,
  parsePlatform,
  requireConfirmed,
} from '@waybill/registry';
import { credentialOf } from './credentials.service.js';
import { GuardedHttp } from './guarded-http.js';
import { RateLimits } from './rate-limits.service.js';
import { RegistriesRepository } from './registries.repository.js';
import { defaultCredential, type RegistryRecord } from './registry.types.js';
import { VaultService } from './vault/vault.service.js';

export type RegistryAction = 'pull' | 'push';

export interface ResolvedRegistry {
  registry: { id: string; name: string; address: string };
  credential: { id: string; username: string } | null;
}

/** As the engine takes it. Source: Engine API, X-Registry-Auth. */
export interface EngineAuth {
  username: string;
  password: string;
  serveraddress: string;
}

export interface FreeManifest {
  digest: string;
  /** Compressed content; null where an index holds several platforms and none was said. */
  size: number | null;
  manifestSize: number;
}

/** Picks registry and login for a reference, and gives an engine what it needs, never before the login server was looked at. */
@Injectable()
export class RegistriesService {
  private readonly logger = new Logger('Registries');

  constructor(
    private readonly repository: RegistriesRepository,
    private readonly vault: VaultService,
    private readonly http: GuardedHttp,
    private readonly rateLimits: RateLimits,
  ) {}

  page(limit: number, after: string | null): Promise<RegistryRecord[]> {
    return this.repository.page(limit, after);
  }

  /** @throws WaybillError registry.not_found */
  async get(id: string): Promise<RegistryRecord> {
    const found = await this.repository.find(id);
    if (!found) throw new WaybillError('registry.not_found', 'There is no registry with this id.');
    return found;
  }

  /**
   * The registry of a reference, and the login that is asked for or the default one.
   * @throws WaybillError registry.not_registered, credential.not_found; `credential.required` for a push to the Hub without one
   */
  async resolve(
    reference: Reference,
    credentialId: string | null | undefined,
    action: RegistryAction,
  ): Promise<ResolvedRegistry> {
    const registry = await this.registered(reference);
    const found = credentialId ? credentialOf(registry, credentialId) : defaultCredential(registry);
    const { id, name, address } = registry;
    if (!found) requireForPush(address, action);
    return { registry: { id, name, address }, credential: found && { id: found.id, username: found.username } };
  }

  /**
   * What an engine is to be handed for one call; null where it goes without a login. With one, the registry is asked first
   * where the secret would go, and it is refused when that is not the pinned login server.
   * @throws WaybillError registry.{not_registered, realm_unconfirmed, realm_changed, …}, credential.{not_found, required}, vault.key_missing
   */
  async accessFor(
    reference: Reference,
    credentialId: string | null,
    action: RegistryAction,
  ): Promise<{ auth: EngineAuth | null }> {
    const registry = await this.registered(reference);
    if (!credentialId) {
      requireForPush(registry.address, action);
      return { auth: null };
    }
    credentialOf(registry, credentialId);
    if (!(await this.mayReceiveSecret(registry))) return { auth: null };
    const { username, secret } = await this.vault.reveal(credentialId, registry);
    await this.repository.touchCredential(credentialId, new Date());
    return { auth: { username, password: secret, serveraddress: engineServerAddress(registry.address) } };
  }

  /**
   * Digest and size out of the registry's manifest, where asking is free: null for the Hub, which counts it as a pull.
   * @param platform `os/arch[/variant]`, whose image of an index is meant
   */
  async manifestIfFree(
    reference: Reference,
    credentialId: string | null,
    platform: string | null = null,
  ): Promise<FreeManifest | null> {
    const registry = await this.registered(reference);
    const wanted = reference.digest ?? reference.tag;
    if (registry.address === hubAddress) {
      this.rateLimits.refresh(registry, credentialId);
      return null;
    }
    if (!wanted) return null;
    const credential = credentialId ? await this.vault.reveal(credentialId, registry) : undefined;
    const { address, insecure, realm } = registry;
    const client = new RegistryClient(this.http, { address, insecure, credential, confirmedRealm: realm?.url ?? null });
    const found = await client.manifest(
      reference.repository,
      wanted,
      platform === null ? null : parsePlatform(platform),
    );
    return { digest: found.digest, size: found.contentSize, manifestSize: found.size };
  }

  /** False where the registry asks for no login at all: then no secret leaves. */
  private async mayReceiveSecret(registry: RegistryRecord): Promise<boolean> {
    const { scheme, realm } = await challenge(this.http, registry);
    if (scheme === 'none') return false;
    if (!realm) return true;
    const pinned = registry.realm?.url ?? null;
    if (judgeRealm(registry.address, realm, pinned) !== 'confirmed') {
      this.logger.warn(
        `Registry ${registry.address} names the login server ${realm.url}, which is not confirmed; no password was sent.`,
      );
    }
    requireConfirmed(registry.address, realm, pinned);
    if (pinned === null) await this.repository.pinFirstRealm(registry, realm);
    return true;
  }

  private async registered({ registry: address }: Reference): Promise<RegistryRecord> {
    const found = await this.repository.findByAddress(address.toLowerCase());
    if (found) return found;
    throw new WaybillError(
      'registry.not_registered',
      `“${address}” is not registered here. Ask an admin to add it under Registries.`,
      {
        extra: { registry: address },
      },
    );
  }
}

function requireForPush(address: string, action: RegistryAction): void {
  if (action !== 'push' || address !== hubAddress) return;
  throw new WaybillError(
    'credential.required',
    'Docker Hub takes a push only with a login. Add one under Registries, or tag the image for another registry.',
  );
}
