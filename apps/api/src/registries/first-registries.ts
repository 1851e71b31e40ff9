import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { hubAddress } from '@waybill/contract';
import { isLoopbackAddress, kindOf, normalizeAddress } from '@waybill/registry';
import { Record } from '../audit/record.service.js';
import { systemContext } from '../common/actor-context.js';
import { newId } from '../common/ids.js';
import { CONFIG, type Config } from '../config/config.js';
import { RegistriesRepository } from './registries.repository.js';
import { aboutRegistry, changesOf } from './registry-drafts.js';

/** Docker Hub is there from the start, and so is the registry that the launcher has brought. */
@Injectable()
export class FirstRegistries implements OnModuleInit {
  private readonly logger = new Logger('Registries');

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly repository: RegistriesRepository,
    private readonly record: Record,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.enter('Docker Hub', hubAddress, false);
    const { embeddedRegistry } = this.config;
    if (!embeddedRegistry) return;
    const insecure = isLoopbackAddress(embeddedRegistry);
    await this.enter('Local registry', normalizeAddress(embeddedRegistry, { insecure }), insecure);
  }

  private async enter(name: string, address: string, insecure: boolean): Promise<void> {
    if (await this.repository.findByAddress(address)) return;
    const registry = { id: newId(), name, address, kind: kindOf(address), insecure, createdAt: new Date() };
    const changes = changesOf({ name: null, address: null, insecure: null }, { name, address, insecure });
    await this.record.appendWith(
      [aboutRegistry(systemContext, 'registry.create', registry, { details: { changes } })],
      (tx) => this.repository.create(registry, tx),
    );
    this.logger.log(`Registry ${address} was entered.`);
  }
}
