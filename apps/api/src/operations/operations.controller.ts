import { Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  Id,
  OperationAnswer,
  OperationList,
  OperationQuery,
  ShortEventList,
  StampList,
  Transcript,
  WaitQuery,
  type List,
  type Operation,
  type ShortEvent,
  type Stamp,
} from '@waybill/contract';
import type { FastifyReply } from 'fastify';
import { AuditService } from '../audit/audit.service.js';
import { LoggedIn, Needs } from '../common/access.decorators.js';
import { Who, type ActorContext } from '../common/actor-context.js';
import { Answers } from '../common/answers.decorator.js';
import { EngineParam } from '../engines/engine.param.js';
import { forWhom } from './operation-rights.js';
import { OperationRetrier } from './operation.retrier.js';
import { OperationsService } from './operations.service.js';

@ApiTags('operations')
@Controller('api/v1')
export class OperationsController {
  constructor(
    private readonly operations: OperationsService,
    private readonly retrier: OperationRetrier,
    private readonly audit: AuditService,
  ) {}

  @Get('operations')
  @Needs('operation.read')
  @Answers(OperationList)
  async list(
    @Query({ schema: OperationQuery }) query: OperationQuery,
    @Who() who: ActorContext,
  ): Promise<List<Operation>> {
    const { items, nextCursor } = await this.operations.list(query);
    return { items: items.map((one) => forWhom(one, who)), nextCursor };
  }

  /** With `wait` it answers when the operation has ended, or the time (seconds) is over. */
  @Get('operations/:id')
  @Needs('operation.read')
  @Answers(OperationAnswer.shape.operation)
  async get(
    @Param('id', { schema: Id }) id: string,
    @Query({ schema: WaitQuery }) { wait }: WaitQuery,
    @Who() who: ActorContext,
  ): Promise<Operation> {
    return forWhom(await this.operations.wait(id, wait ?? 0), who);
  }

  @Get('operations/:id/transcript')
  @Needs('operation.read')
  @Answers(Transcript)
  transcript(@Param('id', { schema: Id }) id: string): Promise<Transcript> {
    return this.operations.transcript(id);
  }

  /** What stands on record of this operation, in the short form. */
  @Get('operations/:id/events')
  @Needs('operation.read')
  @Answers(ShortEventList)
  async events(@Param('id', { schema: Id }) id: string): Promise<List<ShortEvent>> {
    await this.operations.get(id);
    return { items: await this.audit.shortEventsOf(id), nextCursor: null };
  }

  /** One's own, or a share in it; others' with the permission operation.cancel. */
  @Post('operations/:id/cancel')
  @LoggedIn()
  @Answers(OperationAnswer)
  async cancel(@Param('id', { schema: Id }) id: string, @Who() who: ActorContext): Promise<{ operation: Operation }> {
    return { operation: forWhom(await this.operations.cancel(id, who), who) };
  }

  /** The same once more, as a new operation, with the rights that its first asking took. */
  @Post('operations/:id/retry')
  @LoggedIn()
  @Answers(OperationAnswer, 202)
  async retry(
    @Param('id', { schema: Id }) id: string,
    @Who() who: ActorContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ operation: Operation }> {
    const operation = await this.retrier.retry(id, who);
    void reply.header('location', `/api/v1/operations/${operation.id}`);
    return { operation: forWhom(operation, who) };
  }

  /** The last successful pull or push of each reference on an engine. */
  @Get('engines/:engine/stamps')
  @Needs('image.read', 'operation.read')
  @Answers(StampList)
  async stamps(@EngineParam() engine: string): Promise<List<Stamp>> {
    return { items: await this.operations.stamps(engine), nextCursor: null };
  }
}
