import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { EnginesModule } from '../engines/engines.module.js';
import { LiveModule } from '../live/live.module.js';
import { OperationsModule } from '../operations/operations.module.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.service.js';

@Module({
  imports: [AuditModule, EnginesModule, LiveModule, OperationsModule],
  controllers: [MetricsController],
  providers: [Metrics],
})
export class MetricsModule {}
