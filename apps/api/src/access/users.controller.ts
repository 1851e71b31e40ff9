import { Body, Controller, Delete, Get, Param, Patch, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  CreateTokenRequest,
  CreateUserRequest,
  CreatedToken,
  CreatedUser,
  Id,
  PageQuery,
  PersonalLink,
  TokenList,
  UpdateUserRequest,
  User,
  UserList,
  type List,
  type Token,
} from '@waybill/contract';
import type { FastifyRequest } from 'fastify';
import { HoldsSecret, Needs, NeedsConfirmation, SessionOnly, TakesSecret } from '../common/access.decorators.js';
import { Who, type ActorContext } from '../common/actor-context.js';
import { Answers } from '../common/answers.decorator.js';
import { Origins } from './origins.js';
import { TokensService } from './tokens.service.js';
import { UsersService } from './users.service.js';

/** People and service accounts, for whoever manages them. */
@ApiTags('people')
@SessionOnly()
@Needs('user.manage')
@Controller('api/v1/users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly tokens: TokensService,
    private readonly origins: Origins,
  ) {}

  @Get()
  @Answers(UserList)
  async list(@Query({ schema: PageQuery }) query: PageQuery): Promise<List<User>> {
    return this.users.list(query);
  }

  /** Without a password the answer holds an invitation: a link that works once. */
  @Post()
  @NeedsConfirmation()
  @HoldsSecret()
  @TakesSecret()
  @Answers(CreatedUser, 201)
  async create(
    @Who() who: ActorContext,
    @Body({ schema: CreateUserRequest }) body: CreateUserRequest,
    @Req() request: FastifyRequest,
  ): Promise<CreatedUser> {
    return this.users.create(who, body, this.siteOf(request));
  }

  @Get(':id')
  @Answers(User)
  async get(@Param('id', { schema: Id }) id: string): Promise<User> {
    return this.users.get(id);
  }

  /** Changes role or name, disables or enables. Disabling ends sessions, sockets and tokens at once. */
  @Patch(':id')
  @NeedsConfirmation()
  @Answers(User)
  async update(
    @Who() who: ActorContext,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: UpdateUserRequest }) body: UpdateUserRequest,
  ): Promise<User> {
    return this.users.update(who, id, body);
  }

  /** Makes a link with which the person chooses a new password. Earlier links stop to work. */
  @Post(':id/reset')
  @NeedsConfirmation()
  @HoldsSecret()
  @Answers(PersonalLink, 201)
  async reset(
    @Who() who: ActorContext,
    @Param('id', { schema: Id }) id: string,
    @Req() request: FastifyRequest,
  ): Promise<PersonalLink> {
    return this.users.reset(who, id, this.siteOf(request));
  }

  @Get(':id/tokens')
  @Answers(TokenList)
  async listTokens(
    @Param('id', { schema: Id }) id: string,
    @Query({ schema: PageQuery }) query: PageQuery,
  ): Promise<List<Token>> {
    return this.tokens.list(id, query);
  }

  /** For service accounts alone; people make their own. */
  @Post(':id/tokens')
  @NeedsConfirmation()
  @HoldsSecret()
  @Answers(CreatedToken, 201)
  async createToken(
    @Who() who: ActorContext,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: CreateTokenRequest }) body: CreateTokenRequest,
  ): Promise<CreatedToken> {
    const owner = await this.users.serviceAccount(id);
    return this.tokens.create(who, owner.id, body);
  }

  @Delete(':id/tokens/:tokenId')
  @NeedsConfirmation()
  @Answers(null, 204)
  async revokeToken(
    @Who() who: ActorContext,
    @Param('id', { schema: Id }) id: string,
    @Param('tokenId', { schema: Id }) tokenId: string,
  ): Promise<void> {
    await this.tokens.revoke(who, id, tokenId);
  }

  private siteOf(request: FastifyRequest): string {
    return this.origins.siteOf(this.origins.remoteOf(request.headers, request.raw.socket.remoteAddress));
  }
}
