import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SessionState, SetupRequest, SetupState } from '@waybill/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public, TakesSecret } from '../common/access.decorators.js';
import { Answers } from '../common/answers.decorator.js';
import type { RequestFacts } from './access.service.js';
import { Origins } from './origins.js';
import { Facts } from './request-facts.js';
import { setSessionCookie } from './session-cookie.js';
import { SessionsService } from './sessions.service.js';
import { SetupService } from './setup.service.js';

@ApiTags('access')
@Controller('api/v1/setup')
export class SetupController {
  constructor(
    private readonly setup: SetupService,
    private readonly sessions: SessionsService,
    private readonly origins: Origins,
  ) {}

  /** Whether the first admin is still to be made. */
  @Get()
  @Public()
  @Answers(SetupState)
  state(): SetupState {
    return this.setup.state();
  }

  /** Makes the first admin with the code that the server printed, and logs the admin in. */
  @Post()
  @Public()
  @TakesSecret()
  @Answers(SessionState, 201)
  async setUp(
    @Body({ schema: SetupRequest }) body: SetupRequest,
    @Facts() facts: RequestFacts,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionState> {
    const { session, who } = await this.setup.setUp(body, facts);
    setSessionCookie(request, reply, this.origins, session.secret);
    return this.sessions.stateOf(who);
  }
}
