import { Body, Controller, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AcceptLinkRequest, LinkSecret, LinkState, SessionState } from '@waybill/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public, TakesSecret } from '../common/access.decorators.js';
import { Answers } from '../common/answers.decorator.js';
import type { RequestFacts } from './access.service.js';
import { LinksService } from './links.service.js';
import { Origins } from './origins.js';
import { Facts } from './request-facts.js';
import { setSessionCookie } from './session-cookie.js';
import { SessionsService } from './sessions.service.js';

/** Invitations and resets. Their secret comes by POST, so that it stands in no address. */
@ApiTags('access')
@Controller('api/v1/links')
export class LinksController {
  constructor(
    private readonly links: LinksService,
    private readonly sessions: SessionsService,
    private readonly origins: Origins,
  ) {}

  /** Tells what a link is for, without using it up. */
  @Post('open')
  @Public()
  @TakesSecret()
  @Answers(LinkState)
  async open(@Body({ schema: LinkSecret }) { secret }: LinkSecret): Promise<LinkState> {
    return this.links.open(secret);
  }

  /** Uses the link up: sets the password and logs the person in. */
  @Post('accept')
  @Public()
  @TakesSecret()
  @Answers(SessionState, 201)
  async accept(
    @Body({ schema: AcceptLinkRequest }) body: AcceptLinkRequest,
    @Facts() facts: RequestFacts,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionState> {
    const { session, who } = await this.links.accept(body, facts);
    setSessionCookie(request, reply, this.origins, session.secret);
    return this.sessions.stateOf(who);
  }
}
