import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { EnginesModule } from '../engines/engines.module.js';
import { OperationsModule } from '../operations/operations.module.js';
import { RegistriesModule } from '../registries/registries.module.js';
import { RulesModule } from '../rules/rules.module.js';
import { ImagesController } from './images.controller.js';
import { ImagesService } from './images.service.js';
import { RemovalsController } from './removals.controller.js';
import { RemovalsService } from './removals.service.js';
import { TransfersService } from './transfers.service.js';

@Module({
  imports: [AuditModule, EnginesModule, OperationsModule, RegistriesModule, RulesModule],
  controllers: [ImagesController, RemovalsController],
  providers: [ImagesService, RemovalsService, TransfersService],
})
export class ImagesModule {}
