import { Inject, Injectable } from '@nestjs/common';
import { WaybillError, type RegistryHealth } from '@waybill/contract';
import { challenge, type RegistryHttp } from '@waybill/registry';
import { GuardedHttp } from './guarded-http.js';
import { RegistriesRepository } from './registries.repository.js';
import type { RegistryRecord } from './registry.types.js';

const freshForMs = 60_000;
/** How long who asks first waits; what is not known by then is told at the next question. */
const patienceMs = 2_500;

/**
 * Whether registries answer, asked without a login. They are asked while somebody looks, each at most once a minute, and
 * once for all who look.
 */
@Injectable()
export class RegistryHealthService {
  private readonly known = new Map<string, RegistryHealth & { address: string }>();
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    @Inject(RegistriesRepository) private readonly repository: Pick<RegistriesRepository, 'all'>,
    @Inject(GuardedHttp) private readonly http: RegistryHttp,
  ) {}

  async list(): Promise<RegistryHealth[]> {
    const registries = await this.repository.all();
    this.forgetOthers(registries);
    const asked = registries.filter((one) => this.isStale(one)).map((one) => this.ask(one));
    await Promise.race([Promise.all(asked), pause(patienceMs)]);
    return registries.map(({ id }) => {
      const { address: _, ...found } = this.known.get(id) ?? {
        address: '',
        registryId: id,
        ok: null,
        latencyMs: null,
        at: null,
        error: null,
      };
      return found;
    });
  }

  private isStale({ id, address }: RegistryRecord): boolean {
    const found = this.known.get(id);
    return found?.address !== address || found.at === null || Date.now() - Date.parse(found.at) > freshForMs;
  }

  private ask(registry: RegistryRecord): Promise<void> {
    const running =
      this.running.get(registry.id) ?? this.ping(registry).finally(() => this.running.delete(registry.id));
    this.running.set(registry.id, running);
    return running;
  }

  private async ping(registry: RegistryRecord): Promise<void> {
    const { id: registryId, address } = registry;
    const started = performance.now();
    const found = await challenge(this.http, registry).then(
      () => ({ ok: true, latencyMs: Math.round(performance.now() - started), error: null }),
      (error: unknown) => {
        if (!(error instanceof WaybillError)) throw error;
        return { ok: false, latencyMs: null, error: error.toFailure() };
      },
    );
    this.known.set(registryId, { registryId, address, at: new Date().toISOString(), ...found });
  }

  private forgetOthers(registries: RegistryRecord[]): void {
    const ids = new Set(registries.map((one) => one.id));
    for (const id of this.known.keys()) if (!ids.has(id)) this.known.delete(id);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
