import { Inject, Injectable } from '@nestjs/common';
import type { PersonalLink } from '@waybill/contract';
import { Record } from '../audit/record.service.js';
import { systemContext } from '../common/actor-context.js';
import { CONFIG, type Config } from '../config/config.js';
import { LinksService } from './links.service.js';
import { peopleDraft, userSubject } from './people-drafts.js';
import { UsersRepository } from './users.repository.js';

/** The way back in for an admin who is locked out, for whoever may run commands on the server. */
@Injectable()
export class AdminResetService {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'publicUrl' | 'host' | 'port'>,
    private readonly users: UsersRepository,
    private readonly links: LinksService,
    private readonly record: Record,
  ) {}

  /**
   * Makes a link to a new password for an admin, and enables the account where it is disabled.
   * @throws Error with a sentence for the operator: no such user, no admin, no person
   */
  async reset(username: string): Promise<PersonalLink> {
    const user = await this.users.findByName(username);
    if (!user) throw new Error(`There is no user ${username}.`);
    if (user.kind !== 'person' || user.role !== 'admin') {
      throw new Error(`${user.username} is no admin. An admin resets other people’s passwords on the page.`);
    }
    const link = this.links.fresh(
      user.id,
      'reset',
      this.config.publicUrl ?? `http://${this.config.host}:${this.config.port}`,
    );
    const drafts = [
      peopleDraft(systemContext, 'user.reset', { ...userSubject(user), details: { purpose: 'reset', by: 'command' } }),
    ];
    if (user.disabled)
      drafts.push(peopleDraft(systemContext, 'user.enable', { ...userSubject(user), details: { by: 'command' } }));
    await this.record.appendWith(drafts, async (client) => {
      if (user.disabled) await this.users.setDisabledAt(user.id, null, client);
      await this.links.store(link, client);
    });
    return link.personal;
  }
}
