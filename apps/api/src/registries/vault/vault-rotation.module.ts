import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module.js';
import { VaultRepository } from './vault.repository.js';
import { VaultRotation } from './vault-rotation.service.js';

/** For the command that rotates the vault's key; the server itself never does. */
@Module({ imports: [AuditModule], providers: [VaultRepository, VaultRotation], exports: [VaultRotation] })
export class VaultRotationModule {}
