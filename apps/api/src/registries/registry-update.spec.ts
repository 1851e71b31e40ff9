import { describe, expect, it } from '@jest/globals';
import { normalizeAddress } from '@waybill/registry';
import { systemContext } from '../common/actor-context.js';
import { planUpdate } from './registry-update.js';
import { registryFor, type RegistryRecord } from './registry.types.js';

const at = new Date(0);
const login = (id: string, isDefault: boolean) => ({
  id,
  username: `user-${id}`,
  isDefault,
  createdAt: at,
  updatedAt: at,
  lastUsedAt: null,
});
const registry = (part: Partial<RegistryRecord> = {}): RegistryRecord => ({
  id: 'r1',
  name: 'team',
  address: 'registry.example.com',
  kind: 'registry',
  insecure: false,
  realm: { url: 'https://auth.example.com/token', service: null },
  lastCheck: null,
  rateLimit: null,
  createdAt: at,
  credentials: [login('a', false), login('b', true)],
  ...part,
});
const plan = (old: RegistryRecord, request: Parameters<typeof planUpdate>[1]) =>
  planUpdate(old, request, systemContext, (text, insecure) => normalizeAddress(text, { insecure }));

describe('planUpdate', () => {
  it('asks for the password again when address or transport change, and drops the other logins', () => {
    const required = expect.objectContaining({ code: 'credential.secret_required' });
    expect(() => plan(registry(), { address: 'other.example.com' })).toThrow(required);
    expect(() => plan(registry(), { insecure: true, secret: '' })).toThrow(required);
    const moved = plan(registry(), { address: 'other.example.com', secret: 'canary' });
    expect(moved).toMatchObject({ moved: true, login: { id: 'b', change: { secret: 'canary' } }, dropped: ['a'] });
    expect(moved.drafts.map((one) => one.action)).toEqual([
      'registry.update',
      'credential.update',
      'credential.remove',
    ]);
    expect(JSON.stringify(moved.drafts)).not.toContain('canary');
  });

  it('needs no password where nothing would travel', () => {
    expect(plan(registry({ credentials: [] }), { address: 'other.example.com' })).toMatchObject({
      moved: true,
      login: null,
      dropped: [],
    });
    expect(plan(registry(), { name: 'new name', address: 'https://Registry.Example.com/v2/' })).toMatchObject({
      moved: false,
      dropped: [],
    });
  });

  it('leaves the old password where the new one is empty, and changes nothing where nothing differs', () => {
    expect(plan(registry(), { username: 'user-b', secret: '', name: 'team' }).drafts).toEqual([]);
    expect(plan(registry(), { username: 'ada', secret: '' }).login).toEqual({ id: 'b', change: { username: 'ada' } });
  });

  it('makes a first login only of both user name and password', () => {
    const bare = registry({ credentials: [] });
    expect(plan(bare, { username: 'ada', secret: 's' }).added).toEqual({ username: 'ada', secret: 's' });
    expect(() => plan(bare, { username: 'ada' })).toThrow(
      expect.objectContaining({ code: 'credential.secret_required' }),
    );
    expect(() => plan(bare, { secret: 's' })).toThrow(expect.objectContaining({ code: 'request.invalid' }));
    expect(() => plan(bare, { username: 'a:b', secret: 's' })).toThrow(/colon/);
  });

  it('keeps the Hub where it is', () => {
    const hub = registry({ address: 'docker.io', kind: 'hub', credentials: [] });
    expect(() => plan(hub, { address: 'mirror.example.com' })).toThrow(
      expect.objectContaining({ code: 'registry.protected' }),
    );
    expect(plan(hub, { name: 'The Hub', address: 'index.docker.io' }).change).toMatchObject({
      name: 'The Hub',
      address: 'docker.io',
    });
  });
});

describe('registryFor', () => {
  it('shows logins, checks and login servers only to those who pull or manage', () => {
    const seen = (...permissions: ('registry.read' | 'image.pull' | 'registry.manage')[]) =>
      registryFor(registry(), new Set(permissions));
    expect(seen('registry.read')).toMatchObject({
      address: 'registry.example.com',
      credentials: [],
      realm: null,
      lastCheck: null,
    });
    for (const permission of ['image.pull', 'registry.manage'] as const) {
      expect(seen(permission).credentials.map((one) => one.username)).toEqual(['user-a', 'user-b']);
    }
  });
});
