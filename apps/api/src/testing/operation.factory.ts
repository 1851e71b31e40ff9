import type { Operation } from '@waybill/contract';
import type { ActorContext } from '../common/actor-context.js';
import { emptyProgress } from '../operations/empty-progress.js';

const someone = '01990000-0000-7000-8000-000000000001';

/** An operation for unit tests, any part of it replaced. */
export function anOperation(parts: Partial<Operation> = {}): Operation {
  return {
    id: '01990000-0000-7000-8000-0000000000aa',
    kind: 'image.push',
    state: 'running',
    engine: 'local',
    reference: 'registry.example/team/app:1',
    registry: { id: null, name: 'Example', address: 'registry.example' },
    credential: null,
    platform: null,
    actor: { type: 'user', id: someone, name: 'Anna' },
    participants: [{ actor: { type: 'user', id: someone, name: 'Anna' }, joinedAt: '2026-11-24T10:00:00.000Z' }],
    parentId: null,
    childIds: [],
    retryOf: null,
    queuePosition: null,
    attempt: 1,
    command: 'docker push registry.example/team/app:1',
    createdAt: '2026-11-24T10:00:00.000Z',
    startedAt: '2026-11-24T10:00:01.000Z',
    endedAt: null,
    progress: emptyProgress,
    result: null,
    error: null,
    ...parts,
  };
}

/** Who asks, for unit tests: Anna, unless another id is said. */
export function anActor(parts: Partial<ActorContext> & { id?: string } = {}): ActorContext {
  const { id = someone, ...rest } = parts;
  return {
    actor: { type: 'user', id, name: 'Anna' },
    username: 'anna',
    role: 'developer',
    permissions: new Set(),
    door: 'browser',
    authMethod: 'session',
    sessionId: null,
    tokenId: null,
    requestId: null,
    ip: '127.0.0.1',
    userAgent: 'test',
    confirmedUntil: null,
    ...rest,
  };
}
