import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller.js';
import { AuditExportService } from './audit-export.service.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';
import { CheckpointsRepository } from './checkpoints.repository.js';
import { Checkpoints } from './checkpoints.service.js';
import { Record } from './record.service.js';
import { VerificationController } from './verification.controller.js';
import { Verification } from './verification.service.js';

@Module({
  controllers: [AuditController, VerificationController],
  providers: [
    AuditRepository,
    Record,
    AuditService,
    AuditExportService,
    CheckpointsRepository,
    Checkpoints,
    Verification,
  ],
  exports: [Record, AuditService],
})
export class AuditModule {}
