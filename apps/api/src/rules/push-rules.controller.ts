import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  CreatePushRuleRequest,
  ExplainPushRequest,
  Id,
  PushDecision,
  PushRule,
  PushRuleList,
  UpdatePushRuleRequest,
  type List,
} from '@waybill/contract';
import { Needs, NeedsConfirmation, SessionOnly } from '../common/access.decorators.js';
import { Who, type ActorContext } from '../common/actor-context.js';
import { Answers } from '../common/answers.decorator.js';
import { PushJudge } from './push-judge.service.js';
import { PushRules } from './push-rules.service.js';

const IdParam = () => Param('id', { schema: Id });

@ApiTags('push rules')
@Controller('api/v1/push-rules')
export class PushRulesController {
  constructor(
    private readonly rules: PushRules,
    private readonly judge: PushJudge,
  ) {}

  /** All of them, in the order in which they decide. */
  @Get()
  @Needs('image.push')
  @Answers(PushRuleList)
  async list(): Promise<List<PushRule>> {
    return { items: await this.rules.all(), nextCursor: null };
  }

  @Post()
  @Needs('settings.manage')
  @SessionOnly()
  @NeedsConfirmation()
  @Answers(PushRule, 201)
  create(
    @Body({ schema: CreatePushRuleRequest }) body: CreatePushRuleRequest,
    @Who() who: ActorContext,
  ): Promise<PushRule> {
    return this.rules.create(body, who);
  }

  /** Which rule decides about a push, for me; for another account it needs `settings.manage`. */
  @Post('explain')
  @Needs('image.push')
  @Answers(PushDecision)
  explain(
    @Body({ schema: ExplainPushRequest }) body: ExplainPushRequest,
    @Who() who: ActorContext,
  ): Promise<PushDecision> {
    return this.judge.explain(body, who);
  }

  @Patch(':id')
  @Needs('settings.manage')
  @SessionOnly()
  @NeedsConfirmation()
  @Answers(PushRule)
  update(
    @IdParam() id: string,
    @Body({ schema: UpdatePushRuleRequest }) body: UpdatePushRuleRequest,
    @Who() who: ActorContext,
  ): Promise<PushRule> {
    return this.rules.update(id, body, who);
  }

  @Delete(':id')
  @Needs('settings.manage')
  @SessionOnly()
  @NeedsConfirmation()
  @Answers(null, 204)
  remove(@IdParam() id: string, @Who() who: ActorContext): Promise<void> {
    return this.rules.remove(id, who);
  }
}
