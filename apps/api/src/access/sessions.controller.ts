import { Controller, Delete, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Id, SessionList, type List, type Session } from '@waybill/contract';
import { LoggedIn, SessionOnly } from '../common/access.decorators.js';
import { Who, type ActorContext } from '../common/actor-context.js';
import { Answers } from '../common/answers.decorator.js';
import { SessionsService } from './sessions.service.js';

@ApiTags('access')
@Controller('api/v1/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  /** Where I am logged in. */
  @Get()
  @LoggedIn()
  @SessionOnly()
  @Answers(SessionList)
  async list(@Who() who: ActorContext): Promise<List<Session>> {
    return this.sessions.list(who);
  }

  /** Ends one of my sessions; what hangs on it is cut at once. */
  @Delete(':id')
  @LoggedIn()
  @SessionOnly()
  @Answers(null, 204)
  async revoke(@Who() who: ActorContext, @Param('id', { schema: Id }) id: string): Promise<void> {
    await this.sessions.revoke(who, id);
  }
}
