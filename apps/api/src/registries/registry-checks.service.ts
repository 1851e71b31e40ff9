import { Injectable } from '@nestjs/common';
import {
  WaybillError,
  type AuditDraft,
  type CheckAnswer,
  type CheckRegistryRequest,
  type CheckResult,
  type Failure,
} from '@waybill/contract';
import { check, confirmsItself, type RegistryCheck } from '@waybill/registry';
import { Record } from '../audit/record.service.js';
import type { ActorContext } from '../common/actor-context.js';
import { credentialOf } from './credentials.service.js';
import { EngineChecks } from './engine-checks.service.js';
import { GuardedHttp } from './guarded-http.js';
import { RateLimits } from './rate-limits.service.js';
import { RealmConfirmation } from './realm-confirmation.service.js';
import { RegistriesRepository } from './registries.repository.js';
import { RegistriesService } from './registries.service.js';
import { RegistryEvents } from './registry.events.js';
import { aboutRegistry } from './registry-drafts.js';
import { defaultCredential, type CredentialRecord, type RegistryRecord } from './registry.types.js';
import { VaultService } from './vault/vault.service.js';

/** Tries a registry's login from here and from each engine, on record with its intent and outcome. */
@Injectable()
export class RegistryChecks {
  constructor(
    private readonly registries: RegistriesService,
    private readonly repository: RegistriesRepository,
    private readonly confirmation: RealmConfirmation,
    private readonly vault: VaultService,
    private readonly http: GuardedHttp,
    private readonly engines: EngineChecks,
    private readonly rateLimits: RateLimits,
    private readonly record: Record,
    private readonly events: RegistryEvents,
  ) {}

  /**
   * What the registry does is an answer, never an error.
   * @throws WaybillError registry.not_found, credential.{not_found, secret_required}, vault.key_missing, record.unavailable
   */
  async check(id: string, request: CheckRegistryRequest, who: ActorContext): Promise<CheckResult> {
    if (request.confirmRealm !== undefined)
      await this.confirmation.confirm(id, request.confirmRealm, request.secret, who);
    const registry = await this.registries.get(id);
    const credential = request.credentialId
      ? credentialOf(registry, request.credentialId)
      : defaultCredential(registry);
    const details: AuditDraft['details'] = credential ? { credentialId: credential.id } : {};
    const started = Date.now();
    const intent = await this.record.append(
      aboutRegistry(who, 'registry.check', registry, { phase: 'intent', outcome: null, details }),
    );
    const outcome = (error: Failure | null, more: AuditDraft['details'] = {}) =>
      aboutRegistry(who, 'registry.check', registry, {
        outcome: error ? 'failed' : 'succeeded',
        error,
        intentSeq: intent.seq,
        durationMs: Date.now() - started,
        details: { ...details, ...more },
      });
    try {
      const result = await this.ask(registry, credential);
      const engines = Object.fromEntries(result.engines.map((one) => [one.engine, one.error?.code ?? 'ok']));
      const error = result.waybill.error ?? result.engines.find((one) => one.error)?.error ?? null;
      await this.record.appendOutcomeWith([outcome(error, { realm: result.realm?.url ?? null, engines })], (tx) =>
        this.repository.saveCheck(registry, result, tx),
      );
      this.events.emit('changed', null);
      return result;
    } catch (error) {
      if (error instanceof WaybillError && error.code === 'record.unavailable') throw error;
      const known =
        error instanceof WaybillError
          ? error
          : new WaybillError('server.error', 'The check failed here; Waybill’s log says more.', { cause: error });
      await this.record.appendOutcome(outcome(known.toFailure()));
      throw known;
    }
  }

  private async ask(registry: RegistryRecord, credential: CredentialRecord | null): Promise<CheckResult> {
    const { address, insecure } = registry;
    const login = credential ? await this.vault.reveal(credential.id, registry) : undefined;
    const found = await check(this.http, {
      address,
      insecure,
      credential: login,
      confirmedRealm: registry.realm?.url ?? null,
    });
    await this.keepFindings(registry, found, credential);
    // An engine does its own token dance: before the login server is confirmed it gets no secret either.
    const forEngines = found.scheme !== null && found.scheme !== 'none' && found.realmConfirmed ? login : undefined;
    const engines = found.realmConfirmed ? await this.engines.ask(registry, forEngines) : [];
    if (credential && forEngines) await this.repository.touchCredential(credential.id, new Date());
    const waybill: CheckAnswer = { ok: found.ok, error: found.error, latencyMs: found.latencyMs };
    return {
      at: new Date().toISOString(),
      ok: found.ok && engines.every((one) => one.ok),
      username: credential?.username ?? null,
      scheme: found.scheme,
      realm: found.realm,
      realmConfirmed: found.realmConfirmed,
      waybill,
      engines,
    };
  }

  private async keepFindings(
    registry: RegistryRecord,
    found: RegistryCheck,
    credential: CredentialRecord | null,
  ): Promise<void> {
    if (found.realm && registry.realm === null && confirmsItself(registry.address, found.realm)) {
      await this.repository.pinFirstRealm(registry, found.realm);
    }
    if (registry.kind === 'hub' && found.ok) this.rateLimits.refresh(registry, credential?.id ?? null);
  }
}
