import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { EnginesModule } from '../engines/engines.module.js';
import { RegistriesModule } from '../registries/registries.module.js';
import { RulesModule } from '../rules/rules.module.js';
import { OperationEnder } from './operation.ender.js';
import { OperationEvents } from './operation.events.js';
import { OperationRetrier } from './operation.retrier.js';
import { OperationScheduler } from './operation.scheduler.js';
import { OperationsController } from './operations.controller.js';
import { OperationsRepository } from './operations.repository.js';
import { OperationsService } from './operations.service.js';
import { PushFamily } from './push-family.js';
import { TransferRunner } from './transfer.runner.js';

@Module({
  imports: [AccessModule, AuditModule, EnginesModule, RegistriesModule, RulesModule],
  controllers: [OperationsController],
  providers: [
    OperationsRepository,
    OperationEvents,
    OperationEnder,
    TransferRunner,
    OperationScheduler,
    PushFamily,
    OperationsService,
    OperationRetrier,
  ],
  exports: [OperationsService, OperationScheduler, OperationEvents],
})
export class OperationsModule {}
