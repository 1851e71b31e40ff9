import { Injectable } from '@nestjs/common';
import { WaybillError, type AuditDraft, type ChangePasswordRequest, type LoginRequest } from '@waybill/contract';
import { Record } from '../audit/record.service.js';
import { draftOf, systemContext, type ActorContext } from '../common/actor-context.js';
import { AccessEvents } from './access.events.js';
import { sessionContext, type RequestFacts } from './access.service.js';
import { PasswordCheckService } from './password-check.service.js';
import { PasswordsService } from './passwords.service.js';
import { peopleDraft, userSubject } from './people-drafts.js';
import { confirmationMs } from './session-life.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService, userOf, type NewSession } from './sessions.service.js';
import { UsersRepository, type UserRecord } from './users.repository.js';

/** A session that was begun: the cookie's secret, and who has come in. */
export interface Opened {
  session: NewSession;
  who: ActorContext;
}

/** All that a person does with the own password: coming in, confirming, changing it. */
@Injectable()
export class LoginsService {
  constructor(
    private readonly users: UsersRepository,
    private readonly sessionRows: SessionsRepository,
    private readonly sessions: SessionsService,
    private readonly check: PasswordCheckService,
    private readonly passwords: PasswordsService,
    private readonly record: Record,
    private readonly events: AccessEvents,
  ) {}

  /** @throws WaybillError `auth.invalid_credentials`, the same for no account, a disabled one and a wrong password; `auth.throttled` */
  async login({ username, password }: LoginRequest, facts: RequestFacts): Promise<Opened> {
    const user = await this.users.findByName(username);
    if (!(await this.check.isRight(user, username, password, facts.ip)) || !user) {
      await this.record.append(failedLogin(user, facts));
      throw new WaybillError(
        'auth.invalid_credentials',
        'Check both. Who has forgotten the password asks an admin for a reset link.',
      );
    }
    const session = this.sessions.fresh(user.id, facts);
    const who = sessionContext(user, facts, session, 'password');
    const draft = peopleDraft(who, 'session.login', { subject: { type: 'session', id: session.id } });
    await this.record.appendWith([draft], async (client) => {
      await this.refuseGone(user.id, client);
      await this.sessions.store(session, client);
    });
    return { session, who };
  }

  /** @returns until when what asks for the password again is open */
  async confirm(who: ActorContext, password: string): Promise<Date> {
    const now = new Date();
    const deed = peopleDraft(who, 'session.confirm', { subject: { type: 'session', id: who.sessionId ?? '' } });
    await this.refuseWrong(who, password, deed);
    await this.record.appendWith([deed], (client) => this.sessionRows.confirm(who.sessionId ?? '', now, client));
    return new Date(now.getTime() + confirmationMs);
  }

  /** Ends the other sessions: whoever knew the old password is out. */
  async changePassword(who: ActorContext, { current, next }: ChangePasswordRequest): Promise<void> {
    const id = userOf(who);
    const username = who.username ?? '';
    const deed = peopleDraft(who, 'user.password', userSubject({ id, username }));
    await this.refuseWrong(who, current, deed);
    this.passwords.refuseWeak(next, username);
    const passwordHash = await this.passwords.hash(next);
    const { value: ended } = await this.record.appendWith([deed], async (client) => {
      await this.users.setPasswordHash(id, passwordHash, client);
      return this.sessionRows.revokeAllOf(id, new Date(), client, who.sessionId);
    });
    for (const sessionId of ended) this.events.emit('ended', { sessionId, reason: 'session_ended' });
  }

  private async refuseWrong(who: ActorContext, password: string, deed: AuditDraft): Promise<void> {
    const user = await this.users.find(userOf(who));
    if (user && (await this.check.isRight(user, user.username, password, who.ip))) return;
    const error = new WaybillError('auth.invalid_credentials', 'The current password is wrong.');
    await this.record.append({ ...deed, outcome: 'failed', error: error.toFailure() });
    throw error;
  }

  /** Who was disabled while the password was being checked does not come in. */
  private async refuseGone(id: string, client: Parameters<UsersRepository['find']>[1]): Promise<void> {
    const user = await this.users.find(id, client);
    if (!user || user.disabled) throw new WaybillError('auth.invalid_credentials', 'This account is disabled.');
  }
}

/** Nobody is known yet: the name is put down only where there is such an account, for people type passwords there. */
function failedLogin(user: UserRecord | null, facts: RequestFacts): AuditDraft {
  const nobody: ActorContext = {
    ...systemContext,
    ...facts,
    actor: { type: 'external', id: null, name: '' },
    door: 'browser',
    authMethod: 'password',
  };
  const reason = !user
    ? 'no_such_account'
    : user.disabled
      ? 'disabled'
      : user.kind === 'service'
        ? 'no_password'
        : 'wrong_password';
  const draft = draftOf(nobody, {
    action: 'session.login',
    phase: 'outcome',
    outcome: 'failed',
    subject: user ? { type: 'user', id: user.id } : null,
    error: { code: 'auth.invalid_credentials', message: 'User name or password is wrong', detail: null },
    details: { reason },
  });
  return {
    ...draft,
    personal: { ...draft.personal, actorName: null, ...(user ? { attemptedName: user.username } : {}) },
  };
}
