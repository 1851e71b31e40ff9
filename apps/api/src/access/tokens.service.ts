import { Injectable } from '@nestjs/common';
import {
  WaybillError,
  defaultTokenScopes,
  tokenPermissions,
  type CreateTokenRequest,
  type CreatedToken,
  type List,
  type PageQuery,
  type Token,
} from '@waybill/contract';
import { Record } from '../audit/record.service.js';
import type { ActorContext } from '../common/actor-context.js';
import { newId } from '../common/ids.js';
import { AccessEvents } from './access.events.js';
import { peopleDraft } from './people-drafts.js';
import { hashSecret, newTokenSecret } from './secrets.js';
import { TokensRepository, type TokenRecord } from './tokens.repository.js';
import { UsersRepository, type UserRecord } from './users.repository.js';

const mostUsable = 100;
const prefixLength = 8;

@Injectable()
export class TokensService {
  constructor(
    private readonly tokens: TokensRepository,
    private readonly users: UsersRepository,
    private readonly record: Record,
    private readonly events: AccessEvents,
  ) {}

  /** @throws WaybillError `user.not_found` */
  async list(ownerId: string, { limit, cursor }: PageQuery): Promise<List<Token>> {
    await this.owner(ownerId);
    const found = await this.tokens.page(ownerId, limit + 1, cursor ?? null);
    const shown = found.slice(0, limit);
    return { items: shown.map(toToken), nextCursor: found.length > limit ? (shown.at(-1)?.id ?? null) : null };
  }

  /** @throws WaybillError `user.not_found`, `token.scope_too_wide`, `request.invalid` for a time that is over or one token too many */
  async create(who: ActorContext, ownerId: string, request: CreateTokenRequest): Promise<CreatedToken> {
    const owner = await this.owner(ownerId);
    const scopes = request.scopes
      ? exactly(request.scopes, owner)
      : tokenPermissions(owner.permissions, defaultTokenScopes);
    const createdAt = new Date();
    const expiresAt = request.expiresAt ? new Date(request.expiresAt) : null;
    if (expiresAt && expiresAt <= createdAt)
      throw new WaybillError('request.invalid', 'Choose a time in the future for the token’s end.');
    if ((await this.tokens.countUsable(ownerId)) >= mostUsable) {
      throw new WaybillError(
        'request.invalid',
        `There are ${mostUsable} tokens already: revoke one that is not used any more.`,
      );
    }
    const secret = newTokenSecret();
    const token: TokenRecord = {
      id: newId(),
      name: request.name,
      userId: ownerId,
      prefix: secret.slice(0, prefixLength),
      scopes,
      createdAt,
      expiresAt,
      lastUsedAt: null,
      revokedAt: null,
    };
    const draft = peopleDraft(who, 'token.create', {
      ...tokenSubject(token),
      details: { ownerId, scopes, expiresAt: expiresAt?.toISOString() ?? null },
    });
    await this.record.appendWith([draft], async (client) => {
      const current = await this.users.find(ownerId, client);
      if (!current || current.disabled) throw notFound();
      await this.tokens.create({ ...token, secretHash: hashSecret(secret) }, client);
    });
    return { ...toToken(token), secret };
  }

  /** @throws WaybillError `token.not_found` for another's as for none */
  async revoke(who: ActorContext, ownerId: string, id: string): Promise<void> {
    const token = await this.tokens.find(id);
    if (!token || token.userId !== ownerId || token.revokedAt) throw noToken();
    const draft = peopleDraft(who, 'token.revoke', { ...tokenSubject(token), details: { ownerId } });
    await this.record.appendWith([draft], async (client) => {
      if (!(await this.tokens.revoke(id, new Date(), client))) throw noToken();
    });
    this.events.emit('ended', { tokenId: id, reason: 'session_ended' });
  }

  private async owner(id: string): Promise<UserRecord> {
    const user = await this.users.find(id);
    if (!user) throw notFound();
    return user;
  }
}

const notFound = () => new WaybillError('user.not_found', 'Look at the list of people.');
const noToken = () => new WaybillError('token.not_found', 'Look at the list of tokens: it may be revoked already.');

const tokenSubject = (token: TokenRecord) => ({
  subject: { type: 'token' as const, id: token.id },
  subjectName: token.name,
});

function exactly(scopes: TokenRecord['scopes'], owner: UserRecord): TokenRecord['scopes'] {
  const allowed = new Set(tokenPermissions(owner.permissions, scopes));
  const tooWide = scopes.filter((scope) => !allowed.has(scope));
  if (!tooWide.length) return [...allowed];
  throw new WaybillError(
    'token.scope_too_wide',
    `Leave out what the owner or no token may do: ${tooWide.join(', ')}.`,
    { extra: { tooWide } },
  );
}

function toToken(token: TokenRecord): Token {
  return {
    ...token,
    createdAt: token.createdAt.toISOString(),
    expiresAt: token.expiresAt?.toISOString() ?? null,
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
    revokedAt: token.revokedAt?.toISOString() ?? null,
  };
}
