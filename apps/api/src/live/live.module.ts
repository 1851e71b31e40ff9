import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { EnginesModule } from '../engines/engines.module.js';
import { OperationsModule } from '../operations/operations.module.js';
import { RegistriesModule } from '../registries/registries.module.js';
import { LiveGateway } from './live.gateway.js';
import { LiveHub } from './live.hub.js';

@Module({
  imports: [AccessModule, AuditModule, EnginesModule, OperationsModule, RegistriesModule],
  providers: [LiveHub, LiveGateway],
  exports: [LiveGateway],
})
export class LiveModule {}
