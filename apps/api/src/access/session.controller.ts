import { Body, Controller, Delete, Get, Patch, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  ChangePasswordRequest,
  ChangeProfileRequest,
  ConfirmRequest,
  LoginRequest,
  SessionState,
} from '@waybill/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LoggedIn, Public, SessionOnly, TakesSecret } from '../common/access.decorators.js';
import { Who, type ActorContext } from '../common/actor-context.js';
import { Answers } from '../common/answers.decorator.js';
import type { RequestFacts } from './access.service.js';
import { LoginsService } from './logins.service.js';
import { Origins } from './origins.js';
import { Facts } from './request-facts.js';
import { clearSessionCookie, setSessionCookie } from './session-cookie.js';
import { SessionsService } from './sessions.service.js';
import { UsersService } from './users.service.js';

/** One's own session: coming in, going out, and what is changed of oneself. */
@ApiTags('access')
@Controller('api/v1/session')
export class SessionController {
  constructor(
    private readonly logins: LoginsService,
    private readonly sessions: SessionsService,
    private readonly users: UsersService,
    private readonly origins: Origins,
  ) {}

  /** Logs in: the answer sets the session's cookie. */
  @Post()
  @Public()
  @TakesSecret()
  @Answers(SessionState, 201)
  async logIn(
    @Body({ schema: LoginRequest }) body: LoginRequest,
    @Facts() facts: RequestFacts,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionState> {
    const { session, who } = await this.logins.login(body, facts);
    setSessionCookie(request, reply, this.origins, session.secret);
    return this.sessions.stateOf(who);
  }

  /** Who I am and what I may at this moment. */
  @Get()
  @LoggedIn()
  @Answers(SessionState)
  async state(@Who() who: ActorContext): Promise<SessionState> {
    return this.sessions.stateOf(who);
  }

  /** Logs out. */
  @Delete()
  @LoggedIn()
  @SessionOnly()
  @Answers(null, 204)
  async logOut(
    @Who() who: ActorContext,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.logOut(who);
    clearSessionCookie(request, reply, this.origins);
  }

  /** Gives the password again, which opens for ten minutes what asks for it. */
  @Post('confirm')
  @LoggedIn()
  @SessionOnly()
  @TakesSecret()
  @Answers(SessionState)
  async confirm(
    @Who() who: ActorContext,
    @Body({ schema: ConfirmRequest }) { password }: ConfirmRequest,
  ): Promise<SessionState> {
    const confirmedUntil = await this.logins.confirm(who, password);
    return this.sessions.stateOf({ ...who, confirmedUntil });
  }

  /** Changes one's own password and ends one's other sessions. */
  @Post('password')
  @LoggedIn()
  @SessionOnly()
  @TakesSecret()
  @Answers(null, 204)
  async changePassword(
    @Who() who: ActorContext,
    @Body({ schema: ChangePasswordRequest }) body: ChangePasswordRequest,
  ): Promise<void> {
    await this.logins.changePassword(who, body);
  }

  /** Changes the name that others see. */
  @Patch('profile')
  @LoggedIn()
  @SessionOnly()
  @Answers(SessionState)
  async changeProfile(
    @Who() who: ActorContext,
    @Body({ schema: ChangeProfileRequest }) body: ChangeProfileRequest,
  ): Promise<SessionState> {
    await this.users.changeProfile(who, body);
    return this.sessions.stateOf(who);
  }
}
