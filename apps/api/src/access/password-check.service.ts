import { Injectable } from '@nestjs/common';
import { LoginThrottle } from './login-throttle.js';
import { PasswordsService } from './passwords.service.js';
import { UsersRepository, keyOf, type UserRecord } from './users.repository.js';

/** The only way to try a password: throttled by account and address, and as slow for a name that nobody has. */
@Injectable()
export class PasswordCheckService {
  constructor(
    private readonly users: UsersRepository,
    private readonly passwords: PasswordsService,
    private readonly throttle: LoginThrottle,
  ) {}

  /**
   * @param user null where there is no such account
   * @throws WaybillError `auth.throttled`
   */
  async isRight(user: UserRecord | null, username: string, password: string, ip: string | null): Promise<boolean> {
    const account = keyOf(username);
    await this.throttle.refuseThrottled(account, ip);
    const hash = await this.users.passwordHash(user?.id ?? '');
    const stored = user && !user.disabled ? hash : null;
    return this.passwords.inTurn(async () => {
      // Asked again at its turn: of many tries at once, those past the limit must not be looked at.
      await this.throttle.refuseThrottled(account, ip);
      const isRight = await this.passwords.matches(password, stored);
      await (isRight ? this.throttle.succeeded(account, ip) : this.throttle.failed(account, ip));
      return isRight;
    });
  }
}
