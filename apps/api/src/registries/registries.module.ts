import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CONFIG, type Config } from '../config/config.js';
import { EnginesModule } from '../engines/engines.module.js';
import { CredentialWriter } from './credential-writer.js';
import { CredentialsController } from './credentials.controller.js';
import { CredentialsService } from './credentials.service.js';
import { EngineChecks } from './engine-checks.service.js';
import { FirstRegistries } from './first-registries.js';
import { GuardedHttp } from './guarded-http.js';
import { OneAtATime } from './one-at-a-time.js';
import { OwnListeners } from './own-listeners.js';
import { RateLimits } from './rate-limits.service.js';
import { RealmConfirmation } from './realm-confirmation.service.js';
import { RegistriesController } from './registries.controller.js';
import { RegistriesRepository } from './registries.repository.js';
import { RegistriesService } from './registries.service.js';
import { RegistryEvents } from './registry.events.js';
import { RegistryAdmin } from './registry-admin.service.js';
import { RegistryChecks } from './registry-checks.service.js';
import { RegistryHealthService } from './registry-health.service.js';
import { RegistryImport } from './registry-import.service.js';
import { VaultRepository } from './vault/vault.repository.js';
import { VaultService } from './vault/vault.service.js';

@Module({
  imports: [AuditModule, EnginesModule],
  controllers: [RegistriesController, CredentialsController],
  providers: [
    RegistriesRepository,
    VaultRepository,
    {
      provide: VaultService,
      inject: [CONFIG, VaultRepository],
      useFactory: (config: Config, repository: VaultRepository) => VaultService.open(config, repository),
    },
    OwnListeners,
    GuardedHttp,
    RegistryEvents,
    OneAtATime,
    RateLimits,
    CredentialWriter,
    CredentialsService,
    EngineChecks,
    FirstRegistries,
    RealmConfirmation,
    RegistriesService,
    RegistryAdmin,
    RegistryChecks,
    RegistryHealthService,
    RegistryImport,
  ],
  exports: [RegistriesService, RegistryEvents],
})
export class RegistriesModule {}
