import { isIPv6 } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { WaybillError } from '@waybill/contract';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { ThrottledLogins } from './throttled-logins.js';

const windowSeconds = 15 * 60;
/** One account from one address: what a person mistypes. */
const mostForPair = 10;
/** One account from anywhere, and one address for any account: what guessing machines do. */
const mostForAccount = 50;
const mostForAddress = 50;

/**
 * Failed logins, counted by account and by address, in memory: a restart forgets them, and takes longer than it gives.
 * Ask `refuseThrottled` before the password is looked at, and say how it went.
 */
@Injectable()
export class LoginThrottle {
  private readonly pair = limiter(mostForPair);
  private readonly account = limiter(mostForAccount);
  private readonly address = limiter(mostForAddress);

  constructor(@Inject(ThrottledLogins) private readonly throttled: Pick<ThrottledLogins, 'count'>) {}

  /** @throws WaybillError `auth.throttled` with the seconds after which another try is looked at */
  async refuseThrottled(account: string, ip: string | null): Promise<void> {
    const keys = keysOf(account, ip);
    const waits = await Promise.all([
      waitOf(this.pair, keys.pair),
      waitOf(this.account, keys.account),
      waitOf(this.address, keys.address),
    ]);
    const wait = Math.max(...waits);
    if (wait <= 0) return;
    this.throttled.count(ip);
    const retryAfter = Math.ceil(wait / 1000);
    throw new WaybillError(
      'auth.throttled',
      `Too many failed attempts: try again in ${Math.ceil(retryAfter / 60)} minutes.`,
      {
        retryAfter,
      },
    );
  }

  async failed(account: string, ip: string | null): Promise<void> {
    const keys = keysOf(account, ip);
    await Promise.all([
      this.pair.penalty(keys.pair),
      this.account.penalty(keys.account),
      this.address.penalty(keys.address),
    ]);
  }

  /** Forgets what the person mistyped; what others tried on the account, or from the address on others, stays counted. */
  async succeeded(account: string, ip: string | null): Promise<void> {
    await this.pair.delete(keysOf(account, ip).pair);
  }
}

function limiter(points: number): RateLimiterMemory {
  return new RateLimiterMemory({ points, duration: windowSeconds });
}

async function waitOf(limit: RateLimiterMemory, key: string): Promise<number> {
  const used = await limit.get(key);
  return used && used.consumedPoints >= limit.points ? used.msBeforeNext : 0;
}

function keysOf(account: string, ip: string | null): { pair: string; account: string; address: string } {
  const address = networkOf(ip);
  return { pair: `${account}\n${address}`, account, address };
}

/** An IPv6 customer has a whole /64: it counts as one address. */
function networkOf(ip: string | null): string {
  if (!ip || !isIPv6(ip)) return ip ?? '';
  const [head = '', tail] = ip.split('::');
  const parts = head.split(':').filter(Boolean);
  const zeros = tail === undefined ? 0 : 8 - parts.length - tail.split(':').filter(Boolean).length;
  return [...parts, ...Array<string>(Math.max(0, zeros)).fill('0'), ...(tail ?? '').split(':').filter(Boolean)]
    .slice(0, 4)
    .join(':');
}
