import { Module } from '@nestjs/common';
import { EngineEvents } from './engine.events.js';
import { EnginesController } from './engines.controller.js';
import { EnginesService } from './engines.service.js';

@Module({
  controllers: [EnginesController],
  providers: [EngineEvents, EnginesService],
  exports: [EnginesService, EngineEvents],
})
export class EnginesModule {}
