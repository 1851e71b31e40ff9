import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { EnginesModule } from '../engines/engines.module.js';
import { RegistriesModule } from '../registries/registries.module.js';
import { PushJudge } from './push-judge.service.js';
import { PushRulesController } from './push-rules.controller.js';
import { PushRulesRepository } from './push-rules.repository.js';
import { PushRules } from './push-rules.service.js';
import { TagProtection } from './tag-protection.service.js';

@Module({
  imports: [AccessModule, AuditModule, EnginesModule, RegistriesModule],
  controllers: [PushRulesController],
  providers: [PushRulesRepository, PushRules, TagProtection, PushJudge],
  exports: [PushJudge],
})
export class RulesModule {}
