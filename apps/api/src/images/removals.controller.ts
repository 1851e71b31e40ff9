import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  ImagePrunePreview,
  ImagePruneRequest,
  ImagePruneResult,
  ImageRemovePreview,
  ImageRemoveRequest,
  ImageRemoveResult,
} from '@waybill/contract';
import { DeniedAs, Needs } from '../common/access.decorators.js';
import { Who, type ActorContext } from '../common/actor-context.js';
import { Answers } from '../common/answers.decorator.js';
import { EngineParam } from '../engines/engine.param.js';
import { RemovalsService } from './removals.service.js';

@ApiTags('images')
@Controller('api/v1/engines/:engine/images')
export class RemovalsController {
  constructor(private readonly removals: RemovalsService) {}

  /** As `docker rmi`: 200 also where some or all could not be removed; each is told by itself. */
  @Post('remove')
  @Needs('image.remove')
  @DeniedAs('image.remove', 'references')
  @Answers(ImageRemoveResult)
  remove(
    @EngineParam() engine: string,
    @Body({ schema: ImageRemoveRequest }) body: ImageRemoveRequest,
    @Who() who: ActorContext,
  ): Promise<ImageRemoveResult> {
    return this.removals.remove(engine, body, who);
  }

  /** What would go and what stands in the way; nothing is done. */
  @Post('remove/preview')
  @Needs('image.read')
  @Answers(ImageRemovePreview)
  previewRemove(
    @EngineParam() engine: string,
    @Body({ schema: ImageRemoveRequest }) body: ImageRemoveRequest,
  ): Promise<ImageRemovePreview> {
    return this.removals.preview(engine, body);
  }

  /** As `docker image prune`: nameless images, or with `unused` all that no container uses. */
  @Post('prune')
  @Needs('image.prune')
  @DeniedAs('image.prune')
  @Answers(ImagePruneResult)
  prune(
    @EngineParam() engine: string,
    @Body({ schema: ImagePruneRequest }) body: ImagePruneRequest,
    @Who() who: ActorContext,
  ): Promise<ImagePruneResult> {
    return this.removals.prune(engine, body, who);
  }

  @Post('prune/preview')
  @Needs('image.read')
  @Answers(ImagePrunePreview)
  previewPrune(
    @EngineParam() engine: string,
    @Body({ schema: ImagePruneRequest }) body: ImagePruneRequest,
  ): Promise<ImagePrunePreview> {
    return this.removals.previewPrune(engine, body);
  }
}
