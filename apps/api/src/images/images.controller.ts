import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  ImageDetail,
  ImageList,
  ImageQuery,
  OperationAnswer,
  PullRequest,
  PushRequest,
  TagRequest,
  TagResult,
  WaitQuery,
  hasEnded,
  type Image,
  type List,
  type Operation,
} from '@waybill/contract';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { DeniedAs, Needs } from '../common/access.decorators.js';
import { Who, type ActorContext } from '../common/actor-context.js';
import { Answers } from '../common/answers.decorator.js';
import { EngineParam } from '../engines/engine.param.js';
import { OperationsService } from '../operations/operations.service.js';
import { forWhom } from '../operations/operation-rights.js';
import { ImagesService } from './images.service.js';
import { TransfersService } from './transfers.service.js';

const ReferenceParam = z.string().min(1).max(512);

@ApiTags('images')
@Controller('api/v1/engines/:engine/images')
export class ImagesController {
  constructor(
    private readonly images: ImagesService,
    private readonly transfers: TransfersService,
    private readonly operations: OperationsService,
  ) {}

  @Get()
  @Needs('image.read')
  @Answers(ImageList)
  list(@EngineParam() engine: string, @Query({ schema: ImageQuery }) query: ImageQuery): Promise<List<Image>> {
    return this.images.list(engine, query);
  }

  /** By name, digest or id; the reference is one percent-encoded segment. */
  @Get(':reference')
  @Needs('image.read')
  @Answers(ImageDetail)
  inspect(
    @EngineParam() engine: string,
    @Param('reference', { schema: ReferenceParam }) reference: string,
    @Who() who: ActorContext,
  ): Promise<ImageDetail> {
    return this.images.inspect(engine, reference, who);
  }

  /** `latest` where neither tag nor digest is said. With `wait` (seconds) an ended operation is 200, failed or not. */
  @Post('pull')
  @Needs('image.pull')
  @DeniedAs('image.pull')
  @Answers(OperationAnswer, 202)
  async pull(
    @EngineParam() engine: string,
    @Body({ schema: PullRequest }) body: PullRequest,
    @Query({ schema: WaitQuery }) query: WaitQuery,
    @Who() who: ActorContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ operation: Operation }> {
    return this.answer(await this.transfers.pull(engine, body, who), query, who, reply);
  }

  /** One reference with its tag, or with `allTags` all that the engine has of the repository. */
  @Post('push')
  @Needs('image.push')
  @DeniedAs('image.push')
  @Answers(OperationAnswer, 202)
  async push(
    @EngineParam() engine: string,
    @Body({ schema: PushRequest }) body: PushRequest,
    @Query({ schema: WaitQuery }) query: WaitQuery,
    @Who() who: ActorContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ operation: Operation }> {
    return this.answer(await this.transfers.push(engine, body, who), query, who, reply);
  }

  @Post('tag')
  @Needs('image.tag')
  @DeniedAs('image.tag', 'target')
  @Answers(TagResult, 201)
  tag(
    @EngineParam() engine: string,
    @Body({ schema: TagRequest }) body: TagRequest,
    @Who() who: ActorContext,
  ): Promise<TagResult> {
    return this.images.tag(engine, body, who);
  }

  private async answer(
    begun: Operation,
    { wait }: WaitQuery,
    who: ActorContext,
    reply: FastifyReply,
  ): Promise<{ operation: Operation }> {
    const operation = wait ? await this.operations.wait(begun.id, wait) : begun;
    void reply.header('location', `/api/v1/operations/${operation.id}`).status(hasEnded(operation.state) ? 200 : 202);
    return { operation: forWhom(operation, who) };
  }
}
