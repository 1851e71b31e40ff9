import { describe, expect, it } from '@jest/globals';
import { rightsOf } from './rights.js';

const grant = (more: { role?: string; permission?: string; engine?: string }) => ({
  role: null,
  permission: null,
  engine: null,
  ...more,
});

describe('rightsOf', () => {
  it('adds what is granted by name to what the role holds', () => {
    const { role, permissions } = rightsOf([grant({ role: 'viewer' }), grant({ permission: 'image.push' })]);
    expect(role).toBe('viewer');
    expect(permissions.has('image.push')).toBe(true);
    expect(permissions.has('image.pull')).toBe(false);
  });

  it('grants nothing for what it does not know, for another engine, or for no grant at all', () => {
    const { permissions } = rightsOf([
      grant({ role: 'owner' }),
      grant({ permission: 'everything' }),
      grant({ role: 'admin', engine: 'local' }),
    ]);
    expect([...permissions]).toEqual([]);
    expect([...rightsOf([]).permissions]).toEqual([]);
  });
});
