import { describe, expect, it, jest } from '@jest/globals';
import { WaybillError } from '@waybill/contract';
import { LoginThrottle } from './login-throttle.js';

function throttleWithCount() {
  const count = jest.fn<(ip: string | null) => void>();
  return { throttle: new LoginThrottle({ count }), count };
}

async function fail(
  throttle: LoginThrottle,
  times: number,
  account: (n: number) => string,
  ip: (n: number) => string,
): Promise<void> {
  for (let n = 0; n < times; n += 1) await throttle.failed(account(n), ip(n));
}

describe('LoginThrottle', () => {
  it('stops one account from one address after ten, says for how long, and counts it', async () => {
    const { throttle, count } = throttleWithCount();
    await fail(
      throttle,
      9,
      () => 'anna',
      () => '192.0.2.1',
    );
    await throttle.refuseThrottled('anna', '192.0.2.1');
    await throttle.failed('anna', '192.0.2.1');
    const refusal = throttle.refuseThrottled('anna', '192.0.2.1');
    await expect(refusal).rejects.toMatchObject({ code: 'auth.throttled', retryAfter: expect.any(Number) });
    await refusal.catch((error: WaybillError) => expect(error.retryAfter).toBeGreaterThan(800));
    expect(count).toHaveBeenCalledTimes(1);
  });

  it('leaves the same account at another address, and another account at the same address, alone', async () => {
    const { throttle } = throttleWithCount();
    await fail(
      throttle,
      10,
      () => 'anna',
      () => '192.0.2.1',
    );
    await expect(throttle.refuseThrottled('anna', '192.0.2.2')).resolves.toBeUndefined();
    await expect(throttle.refuseThrottled('liwei', '192.0.2.1')).resolves.toBeUndefined();
  });

  it('stops one account that is tried from many addresses', async () => {
    const { throttle } = throttleWithCount();
    await fail(
      throttle,
      50,
      () => 'anna',
      (n) => `192.0.2.${n}`,
    );
    await expect(throttle.refuseThrottled('anna', '198.51.100.1')).rejects.toMatchObject({ code: 'auth.throttled' });
  });

  it('stops one address that tries many accounts, a whole /64 being one', async () => {
    const { throttle } = throttleWithCount();
    await fail(
      throttle,
      50,
      (n) => `user${n}`,
      (n) => `2001:db8:0:1::${n + 1}`,
    );
    await expect(throttle.refuseThrottled('other', '2001:db8::1:0:0:0:abcd')).rejects.toMatchObject({
      code: 'auth.throttled',
    });
    await throttle.refuseThrottled('other', '2001:db8:0:2::1');
  });

  it('forgets what was mistyped once the password was right', async () => {
    const { throttle } = throttleWithCount();
    await fail(
      throttle,
      9,
      () => 'anna',
      () => '192.0.2.1',
    );
    await throttle.succeeded('anna', '192.0.2.1');
    await fail(
      throttle,
      9,
      () => 'anna',
      () => '192.0.2.1',
    );
    await expect(throttle.refuseThrottled('anna', '192.0.2.1')).resolves.toBeUndefined();
  });
});
