import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller.js';
import { AuditExportService } from './audit-export.service.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';
import { Record } from './record.service.js';

@Module({
  controllers: [AuditController],
  providers: [AuditRepository, Record, AuditService, AuditExportService],
  exports: [Record, AuditService],
})
export class AuditModule {}
