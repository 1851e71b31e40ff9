import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CreateTokenRequest, CreatedToken, Id, PageQuery, TokenList, type List, type Token } from '@waybill/contract';
import { HoldsSecret, LoggedIn, SessionOnly } from '../common/access.decorators.js';
import { Who, type ActorContext } from '../common/actor-context.js';
import { Answers } from '../common/answers.decorator.js';
import { userOf } from './sessions.service.js';
import { TokensService } from './tokens.service.js';

/** My own API tokens. */
@ApiTags('access')
@Controller('api/v1/tokens')
export class TokensController {
  constructor(private readonly tokens: TokensService) {}

  @Get()
  @LoggedIn()
  @SessionOnly()
  @Answers(TokenList)
  async list(@Who() who: ActorContext, @Query({ schema: PageQuery }) query: PageQuery): Promise<List<Token>> {
    return this.tokens.list(userOf(who), query);
  }

  /** The one answer that holds the secret. */
  @Post()
  @LoggedIn()
  @SessionOnly()
  @HoldsSecret()
  @Answers(CreatedToken, 201)
  async create(
    @Who() who: ActorContext,
    @Body({ schema: CreateTokenRequest }) body: CreateTokenRequest,
  ): Promise<CreatedToken> {
    return this.tokens.create(who, userOf(who), body);
  }

  @Delete(':id')
  @LoggedIn()
  @SessionOnly()
  @Answers(null, 204)
  async revoke(@Who() who: ActorContext, @Param('id', { schema: Id }) id: string): Promise<void> {
    await this.tokens.revoke(who, userOf(who), id);
  }
}
