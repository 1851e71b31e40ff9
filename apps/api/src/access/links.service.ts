import { Injectable } from '@nestjs/common';
import { WaybillError, type AcceptLinkRequest, type LinkState, type PersonalLink } from '@waybill/contract';
import type { DatabaseClient } from '@waybill/database';
import { Record } from '../audit/record.service.js';
import { newId } from '../common/ids.js';
import { AccessEvents } from './access.events.js';
import { sessionContext, type RequestFacts } from './access.service.js';
import { LinksRepository, type LinkPurpose } from './links.repository.js';
import type { Opened } from './logins.service.js';
import { PasswordsService } from './passwords.service.js';
import { peopleDraft, userSubject } from './people-drafts.js';
import { hashSecret, newSecret } from './secrets.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { UsersRepository } from './users.repository.js';

const day = 24 * 3_600_000;
const lifeMs: { [P in LinkPurpose]: number } = { invitation: 7 * day, reset: day };

/** A link that is about to be written, and what is handed out of it. */
export interface NewLink {
  row: { id: string; userId: string; purpose: LinkPurpose; secretHash: string; createdAt: Date; expiresAt: Date };
  personal: PersonalLink;
}

/** Invitations and password resets: they work once, expire, and keep their secret in the fragment, which no log sees. */
@Injectable()
export class LinksService {
  constructor(
    private readonly links: LinksRepository,
    private readonly users: UsersRepository,
    private readonly sessionRows: SessionsRepository,
    private readonly sessions: SessionsService,
    private readonly passwords: PasswordsService,
    private readonly record: Record,
    private readonly events: AccessEvents,
  ) {}

  /** Makes a link, not stored yet: `store` it in the transaction that puts it on record. @param site without a slash at its end */
  fresh(userId: string, purpose: LinkPurpose, site: string): NewLink {
    const secret = newSecret();
    const createdAt = new Date();
    const expiresAt = new Date(createdAt.getTime() + lifeMs[purpose]);
    const row = { id: newId(), userId, purpose, secretHash: hashSecret(secret), createdAt, expiresAt };
    return { row, personal: { url: `${site}/link#${secret}`, expiresAt: expiresAt.toISOString() } };
  }

  async store({ row }: NewLink, client: DatabaseClient): Promise<void> {
    await this.links.replace(row, client);
  }

  /** @throws WaybillError `link.invalid` */
  async open(secret: string): Promise<LinkState> {
    const { link, user } = await this.find(secret);
    return {
      purpose: link.purpose,
      username: user.username,
      displayName: user.displayName,
      expiresAt: link.expiresAt.toISOString(),
    };
  }

  /**
   * Sets the password, ends the sessions that there were, and begins one.
   * @throws WaybillError `link.invalid`, `password.too_weak`
   */
  async accept({ secret, password, displayName }: AcceptLinkRequest, facts: RequestFacts): Promise<Opened> {
    const { link, user } = await this.find(secret);
    this.passwords.refuseWeak(password, user.username);
    const passwordHash = await this.passwords.hash(password);
    const session = this.sessions.fresh(user.id, facts);
    const who = sessionContext({ ...user, displayName: displayName ?? user.displayName }, facts, session, 'link');
    const changes =
      displayName && displayName !== user.displayName
        ? [{ field: 'displayName', before: user.displayName, after: displayName }]
        : [];
    const draft = peopleDraft(who, 'user.link_accept', {
      ...userSubject(user),
      changes,
      details: { purpose: link.purpose },
    });
    const { value: ended } = await this.record.appendWith([draft], async (client) => {
      const now = new Date();
      const current = await this.users.find(user.id, client);
      if (!current || current.disabled || !(await this.links.use(link.id, now, client))) throw invalid();
      await this.users.setPasswordHash(user.id, passwordHash, client);
      if (displayName) await this.users.setDisplayName(user.id, displayName, client);
      const others = await this.sessionRows.revokeAllOf(user.id, now, client);
      await this.sessions.store(session, client);
      return others;
    });
    for (const sessionId of ended) this.events.emit('ended', { sessionId, reason: 'session_ended' });
    return { session, who };
  }

  private async find(secret: string) {
    const found = await this.links.findOpen(hashSecret(secret), new Date());
    if (!found) throw invalid();
    return found;
  }
}

const invalid = () => new WaybillError('link.invalid', 'Ask an admin for a new link.');
