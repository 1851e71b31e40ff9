import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { WaybillError, passwordWeakness } from '@waybill/contract';

/** OWASP's first choice for argon2id (the library's default algorithm); 19 MiB for each running hash. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** A hash takes about 30 ms of a core: two at a time leave the thread pool to files and DNS. */
const atOnce = 2;
const mostWaiting = 256;
const weaknesses = {
  user_name: 'Choose a password that is more than the user name.',
  few_characters: 'Choose a password of at least 5 different characters.',
};

/** argon2id, a bounded number at a time. */
@Injectable()
export class PasswordsService {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly decoy = hash('nobody has this password', cost);

  /** @throws WaybillError `password.too_weak` for what is little more than the user name, or a few characters again and again */
  refuseWeak(password: string, username: string): void {
    const weakness = passwordWeakness(password, username);
    if (weakness) throw new WaybillError('password.too_weak', weaknesses[weakness]);
  }

  async hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, cost));
  }

  /** Takes the same time whether or not there is a hash to compare with. Call it within `inTurn`. */
  async matches(password: string, stored: string | null): Promise<boolean> {
    const isSame = await verify(stored ?? (await this.decoy), password);
    return stored !== null && isSame;
  }

  /**
   * Runs what hashes as soon as a place is free.
   * @throws WaybillError `auth.throttled` where too many wait already
   */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= atOnce) {
      if (this.waiting.length >= mostWaiting) {
        throw new WaybillError('auth.throttled', 'Too many logins at once: try again in a few seconds.', {
          retryAfter: 5,
        });
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
