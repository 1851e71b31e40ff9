import { describe, expect, it } from '@jest/globals';
import { PasswordsService } from './passwords.service.js';

const passwords = new PasswordsService();

describe('PasswordsService', () => {
  it('stores argon2id with the recommended cost and knows the password again', async () => {
    const stored = await passwords.hash('correct horse battery');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwords.matches('correct horse battery', stored)).toBe(true);
    expect(await passwords.matches('correct horse batterz', stored)).toBe(false);
  });

  it('works as hard for an account that is not there, and never lets it in', async () => {
    const stored = await passwords.hash('correct horse battery');
    const workOf = async (hash: string | null) => {
      const begin = process.cpuUsage();
      for (let n = 0; n < 5; n += 1) await passwords.matches('a wrong guess', hash);
      const { user, system } = process.cpuUsage(begin);
      return user + system;
    };
    await workOf(null);
    const ratio = (await workOf(null)) / (await workOf(stored));
    expect(ratio).toBeGreaterThan(0.3);
    expect(ratio).toBeLessThan(3);
    expect(await passwords.matches('nobody has this password', null)).toBe(false);
  });

  it('hashes at most two at a time and refuses when too many wait', async () => {
    const gate = new PasswordsService();
    let running = 0;
    let most = 0;
    const work = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
    };
    const results = await Promise.allSettled(Array.from({ length: 300 }, () => gate.inTurn(work)));
    expect(most).toBe(2);
    const refused = results.filter((one) => one.status === 'rejected');
    expect(refused.length).toBe(300 - 258);
    expect(refused[0]).toMatchObject({ reason: { code: 'auth.throttled', retryAfter: 5 } });
    await gate.inTurn(work);
    expect(most).toBe(2);
  });

  it.each([
    ['admin12345', 'admin'],
    ['AdminAdmin1', 'admin'],
    ['aaaaaaaaaaaa', 'liwei'],
    ['ababababab', 'liwei'],
  ])('refuses %s for %s', (password, username) => {
    expect(() => passwords.refuseWeak(password, username)).toThrow(
      expect.objectContaining({ code: 'password.too_weak' }),
    );
  });

  it.each([
    ['correct horse battery', 'admin'],
    ['乐乐开心果一二三四五', 'lele'],
    ['admin likes long ones', 'admin'],
  ])('takes %s for %s', (password, username) => {
    expect(() => passwords.refuseWeak(password, username)).not.toThrow();
  });
});
