import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EngineInfo, EngineList, type EngineSummary, type List } from '@waybill/contract';
import { Needs } from '../common/access.decorators.js';
import { Who, type ActorContext } from '../common/actor-context.js';
import { Answers } from '../common/answers.decorator.js';
import { EngineParam } from './engine.param.js';
import { EnginesService } from './engines.service.js';
import { engineFor } from './engine-for.js';

@ApiTags('engines')
@Controller('api/v1/engines')
export class EnginesController {
  constructor(private readonly engines: EnginesService) {}

  @Get()
  @Needs('engine.read')
  @Answers(EngineList)
  list(@Who() who: ActorContext): List<EngineSummary> {
    return { items: this.engines.list().map((one) => engineFor(one, who.permissions)), nextCursor: null };
  }

  /** `docker info` and `docker version` in one. */
  @Get(':engine/info')
  @Needs('engine.read')
  @Answers(EngineInfo)
  info(@EngineParam() engine: string): Promise<EngineInfo> {
    return this.engines.info(engine);
  }
}
