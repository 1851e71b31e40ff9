import { Injectable } from '@nestjs/common';
import {
  WaybillError,
  type Actor,
  type AuditDraft,
  type ChangeProfileRequest,
  type CreateUserRequest,
  type CreatedUser,
  type List,
  type PageQuery,
  type PersonalLink,
  type UpdateUserRequest,
  type User,
} from '@waybill/contract';
import { isUniqueViolation, type DatabaseClient } from '@waybill/database';
import { Record } from '../audit/record.service.js';
import type { ActorContext } from '../common/actor-context.js';
import { newId } from '../common/ids.js';
import { AccessEvents } from './access.events.js';
import { actorOf } from './access.service.js';
import { LinksRepository } from './links.repository.js';
import { LinksService } from './links.service.js';
import { PasswordsService } from './passwords.service.js';
import { changesOf, peopleDraft, userSubject } from './people-drafts.js';
import { userOf } from './sessions.service.js';
import { SessionsRepository } from './sessions.repository.js';
import { TokensRepository } from './tokens.repository.js';
import { UsersRepository, type NewUser, type UserRecord } from './users.repository.js';

@Injectable()
export class UsersService {
  /** Changes to people take turns, so that what is put on record as `before` is what was there. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly users: UsersRepository,
    private readonly sessions: SessionsRepository,
    private readonly tokens: TokensRepository,
    private readonly linkRows: LinksRepository,
    private readonly links: LinksService,
    private readonly passwords: PasswordsService,
    private readonly record: Record,
    private readonly events: AccessEvents,
  ) {}

  async list(query: PageQuery): Promise<List<User>> {
    return this.page(query, toUser);
  }

  /** Names alone, for whoever may see them on operations anyhow. */
  async people(query: PageQuery): Promise<List<Actor>> {
    return this.page(query, actorOf);
  }

  async get(id: string): Promise<User> {
    return toUser(await this.find(id));
  }

  /**
   * A person without a password gets an invitation; a service account gets neither.
   * @throws WaybillError `user.username_taken`, `user.not_a_person`, `password.too_weak`
   */
  async create(
    who: ActorContext,
    { username, displayName, kind, role, password }: CreateUserRequest,
    site: string,
  ): Promise<CreatedUser> {
    if (kind === 'service' && password !== undefined) throw notAPerson();
    if (password !== undefined) this.passwords.refuseWeak(password, username);
    if (await this.users.findByName(username)) throw taken();
    const user: NewUser = {
      id: newId(),
      username,
      displayName: displayName ?? username,
      kind,
      role,
      passwordHash: password === undefined ? null : await this.passwords.hash(password),
      createdAt: new Date(),
    };
    const invitation =
      kind === 'person' && password === undefined ? this.links.fresh(user.id, 'invitation', site) : null;
    const changes = changesOf({}, { username, displayName: user.displayName, kind, role });
    const draft = peopleDraft(who, 'user.create', {
      ...userSubject(user),
      changes,
      details: { invited: invitation !== null },
    });
    await this.record.appendWith([draft], async (client) => {
      await this.users.create(user, client).catch(refuseTaken);
      if (invitation) await this.links.store(invitation, client);
    });
    return { ...(await this.get(user.id)), invitation: invitation?.personal ?? null };
  }

  /** @throws WaybillError `user.not_found`, `user.last_admin` */
  async update(who: ActorContext, id: string, request: UpdateUserRequest): Promise<User> {
    return this.inTurn(async () => {
      const user = await this.find(id);
      const { disabled, ...fields } = request;
      const changes = changesOf(user, fields);
      const isToggled = disabled !== undefined && disabled !== user.disabled;
      const drafts: AuditDraft[] = [];
      if (changes.length) drafts.push(peopleDraft(who, 'user.update', { ...userSubject(user), changes }));
      if (isToggled) drafts.push(peopleDraft(who, disabled ? 'user.disable' : 'user.enable', userSubject(user)));
      if (!drafts.length) return toUser(user);
      await this.record.appendWith(drafts, (client) => this.apply(user, request, client));
      this.tell(user, request);
      return this.get(id);
    });
  }

  /** One's own name on the page. */
  async changeProfile(who: ActorContext, { displayName }: ChangeProfileRequest): Promise<void> {
    await this.update(who, userOf(who), { displayName });
  }

  /** @throws WaybillError `user.not_found`, `user.not_a_person` */
  async reset(who: ActorContext, id: string, site: string): Promise<PersonalLink> {
    const user = await this.find(id);
    if (user.kind !== 'person') throw notAPerson();
    const link = this.links.fresh(id, user.invited ? 'invitation' : 'reset', site);
    const draft = peopleDraft(who, 'user.reset', { ...userSubject(user), details: { purpose: link.row.purpose } });
    await this.record.appendWith([draft], (client) => this.links.store(link, client));
    return link.personal;
  }

  /** @throws WaybillError `user.not_found`, `auth.session_required` where it is a person, who alone makes the own tokens */
  async serviceAccount(id: string): Promise<User> {
    const user = await this.get(id);
    if (user.kind !== 'service')
      throw new WaybillError('auth.session_required', 'A person makes the own tokens, under Settings, Tokens.');
    return user;
  }

  private async page<T>({ limit, cursor }: PageQuery, show: (user: UserRecord) => T): Promise<List<T>> {
    const found = await this.users.page(limit + 1, cursor ?? null);
    const shown = found.slice(0, limit);
    return { items: shown.map(show), nextCursor: found.length > limit ? (shown.at(-1)?.id ?? null) : null };
  }

  private async find(id: string): Promise<UserRecord> {
    const user = await this.users.find(id);
    if (!user) throw new WaybillError('user.not_found', 'Look at the list of people.');
    return user;
  }

  /** Within the transaction: the count comes after the change, so of two admins who demote each other one fails. */
  private async apply(
    user: UserRecord,
    { displayName, role, disabled }: UpdateUserRequest,
    client: DatabaseClient,
  ): Promise<void> {
    const now = new Date();
    if (displayName !== undefined) await this.users.setDisplayName(user.id, displayName, client);
    if (role !== undefined && role !== user.role) await this.users.setRole(user.id, role, client);
    if (disabled !== undefined && disabled !== user.disabled) {
      await this.users.setDisabledAt(user.id, disabled ? now : null, client);
      if (disabled) {
        await this.sessions.revokeAllOf(user.id, now, client);
        await this.tokens.revokeAllOf(user.id, now, client);
        await this.linkRows.removeAllOf(user.id, client);
      }
    }
    if (user.role === 'admin' && !(await this.users.countAdmins(client))) {
      throw new WaybillError('user.last_admin', 'Make somebody else an admin first, who can log in.');
    }
  }

  private tell(user: UserRecord, { role, disabled }: UpdateUserRequest): void {
    if (disabled === true && !user.disabled) {
      this.events.emit('disabled', { userId: user.id });
      this.events.emit('ended', { userId: user.id, reason: 'session_ended' });
    } else if (role !== undefined && role !== user.role) {
      this.events.emit('ended', { userId: user.id, reason: 'rights_changed' });
    }
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }
}

const taken = () => new WaybillError('user.username_taken', 'Choose another user name; case does not tell two apart.');

/** Two who ask for one name at once: the database lets one of them have it. */
function refuseTaken(error: unknown): never {
  throw isUniqueViolation(error) ? taken() : error;
}
const notAPerson = () => new WaybillError('user.not_a_person', 'Give a service account a token instead.');

function toUser({ id, username, displayName, kind, role, disabled, invited, createdAt, lastSeenAt }: UserRecord): User {
  const times = { createdAt: createdAt.toISOString(), lastSeenAt: lastSeenAt?.toISOString() ?? null };
  return { id, username, displayName, kind, role, disabled, invited, ...times };
}
