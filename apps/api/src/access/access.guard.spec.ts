import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { LoggedIn, Needs, Public } from '../common/access.decorators.js';
import { systemContext, type ActorContext } from '../common/actor-context.js';
import { AccessGuard } from './access.guard.js';

class Gateway {
  forgotten(): void {}
  @Public()
  open(): void {}
  @LoggedIn()
  mine(): void {}
  @Needs('image.push', 'image.read')
  push(): void {}
}

/** A guard for socket messages: nothing of what it asks for a request is needed. */
const guard = Reflect.construct(AccessGuard, [new Reflector()]) as AccessGuard;

function judge(handler: keyof Gateway, who?: ActorContext): Promise<boolean> {
  const context = {
    getType: () => 'ws',
    getClass: () => Gateway,
    getHandler: () => Gateway.prototype[handler],
    switchToWs: () => ({ getClient: () => ({ data: { who } }) }),
  };
  return guard.canActivate(context as unknown as ExecutionContext);
}

const somebody = (...permissions: ('image.push' | 'image.read')[]): ActorContext => ({
  ...systemContext,
  permissions: new Set(permissions),
});

describe('AccessGuard', () => {
  it('refuses a handler that declares nothing, whoever comes', async () => {
    await expect(judge('forgotten', somebody('image.push', 'image.read'))).rejects.toMatchObject({
      code: 'permission.denied',
    });
  });

  it('lets everybody into what is public, and only who is known into the rest', async () => {
    await expect(judge('open')).resolves.toBe(true);
    await expect(judge('mine')).rejects.toMatchObject({ code: 'auth.required' });
    await expect(judge('mine', somebody())).resolves.toBe(true);
  });

  it('asks for all of the permissions and names what is missing', async () => {
    await expect(judge('push', somebody('image.read'))).rejects.toMatchObject({
      code: 'permission.denied',
      message: expect.stringContaining('image.push'),
      extra: { missing: ['image.push'] },
    });
    await expect(judge('push', somebody('image.read', 'image.push'))).resolves.toBe(true);
  });
});
