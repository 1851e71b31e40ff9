import { describe, expect, it } from '@jest/globals';
import { anActor, anOperation } from '../testing/operation.factory.js';
import { forWhom, mayCancel } from './operation-rights.js';

const other = '01990000-0000-7000-8000-000000000002';
const shared = anOperation({
  participants: [
    ...anOperation().participants,
    { actor: { type: 'user', id: other, name: '李伟' }, joinedAt: '2026-11-24T10:00:02.000Z' },
  ],
});

describe('mayCancel', () => {
  it('lets one end what is one’s own', () => expect(mayCancel(anOperation(), anActor())).toBe('end'));
  it('lets nobody end what is somebody else’s', () =>
    expect(mayCancel(anOperation(), anActor({ id: other }))).toBe('no'));
  it('lets who holds operation.cancel end anything', () =>
    expect(mayCancel(anOperation(), anActor({ id: other, permissions: new Set(['operation.cancel']) }))).toBe('end'));
  it('only takes a participant out of what others share', () => {
    expect(mayCancel(shared, anActor())).toBe('leave');
    expect(mayCancel(shared, anActor({ id: other }))).toBe('leave');
  });
  it('lets the last participant end it, not its starter who has left', () => {
    const left = { ...shared, participants: shared.participants.slice(1) };
    expect(mayCancel(left, anActor({ id: other }))).toBe('end');
    expect(mayCancel(left, anActor())).toBe('no');
  });
});

describe('forWhom', () => {
  const operation = anOperation({ credential: { id: other, username: 'laosu666' } });
  it('hides a login’s name from mere viewers', () => expect(forWhom(operation, anActor()).credential).toBeNull());
  it('shows it to who may pull', () =>
    expect(forWhom(operation, anActor({ permissions: new Set(['image.pull']) })).credential?.username).toBe(
      'laosu666',
    ));
});
