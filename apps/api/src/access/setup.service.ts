import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Username, WaybillError, type SetupRequest, type SetupState } from '@waybill/contract';
import { Record } from '../audit/record.service.js';
import { systemContext } from '../common/actor-context.js';
import { newId } from '../common/ids.js';
import { CONFIG, type Config } from '../config/config.js';
import { sessionContext, type RequestFacts } from './access.service.js';
import { LoginThrottle } from './login-throttle.js';
import type { Opened } from './logins.service.js';
import { PasswordsService } from './passwords.service.js';
import { peopleDraft, userSubject } from './people-drafts.js';
import { permissionsOfRole } from './rights.js';
import { isSameCode, newSetupCode } from './secrets.js';
import { SessionsService } from './sessions.service.js';
import { UsersRepository, type NewUser, type UserRecord } from './users.repository.js';

/** Tries at the setup code are throttled as one account. No user name can hold a blank. */
const throttledAs = 'setup code';

/** The first admin: by the code that only who sees the server's terminal knows, or by the two variables. */
@Injectable()
export class SetupService implements OnApplicationBootstrap {
  private readonly logger = new Logger('Setup');
  private code: string | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly users: UsersRepository,
    private readonly sessions: SessionsService,
    private readonly passwords: PasswordsService,
    private readonly throttle: LoginThrottle,
    private readonly record: Record,
  ) {}

  /** What the terminal shows while nobody has set Waybill up; a fresh one at each start. */
  get setupCode(): string | null {
    return this.code;
  }

  async onApplicationBootstrap(): Promise<void> {
    if (await this.users.count()) return;
    if (!this.config.admin) {
      this.code = newSetupCode();
      return;
    }
    const { username, password } = this.config.admin;
    if (!Username.safeParse(username).success) {
      throw new Error('WAYBILL_ADMIN_USERNAME: use 1 to 64 letters, digits, dots, dashes or underscores.');
    }
    const admin = firstAdmin(username, username, await this.passwords.hash(password));
    const draft = peopleDraft(systemContext, 'system.setup', { ...userSubject(admin), details: { by: 'environment' } });
    await this.record.appendWith([draft], (client) => this.users.create(admin, client));
    this.logger.log(`The first admin is ${username}, as the environment says.`);
  }

  state(): SetupState {
    return { required: this.code !== null };
  }

  /** @throws WaybillError `setup.done`, `setup.code_invalid`, `auth.throttled`, `password.too_weak` */
  async setUp(request: SetupRequest, facts: RequestFacts): Promise<Opened> {
    const { code } = this;
    if (code === null) throw done();
    await this.throttle.refuseThrottled(throttledAs, facts.ip);
    if (!isSameCode(request.setupCode, code)) {
      await this.throttle.failed(throttledAs, facts.ip);
      throw new WaybillError(
        'setup.code_invalid',
        'Copy the code from the terminal or the log of this start of the server.',
      );
    }
    this.passwords.refuseWeak(request.password, request.username);
    const admin = firstAdmin(
      request.username,
      request.displayName ?? request.username,
      await this.passwords.hash(request.password),
    );
    const session = this.sessions.fresh(admin.id, facts);
    const who = sessionContext(asRecord(admin), facts, session, 'setup_code');
    const draft = peopleDraft(who, 'system.setup', { ...userSubject(admin), details: { by: 'setup_code' } });
    await this.record.appendWith([draft], async (client) => {
      if (await this.users.count(client)) throw done();
      await this.users.create(admin, client);
      await this.sessions.store(session, client);
    });
    this.code = null;
    return { session, who };
  }
}

const done = () => new WaybillError('setup.done', 'Log in; who has no account asks an admin for one.');

function firstAdmin(username: string, displayName: string, passwordHash: string): NewUser {
  return { id: newId(), username, displayName, kind: 'person', role: 'admin', passwordHash, createdAt: new Date() };
}

function asRecord({ id, username, displayName, kind, role, createdAt }: NewUser): UserRecord {
  const state = { permissions: permissionsOfRole(role), disabled: false, invited: false, lastSeenAt: null };
  return { id, username, displayName, kind, role, createdAt, ...state };
}
