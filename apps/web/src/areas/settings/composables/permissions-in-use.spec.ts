import { describe, expect, it } from '@jest/globals';
import { rolePermissions } from '@waybill/contract';
import { tokenScopes } from './permissions-in-use.js';

describe('tokenScopes', () => {
  it('never offers what only a session may, to an admin neither', () => {
    const offered = tokenScopes(rolePermissions.admin).flatMap(({ permissions }) => permissions);
    expect(offered).toContain('image.push');
    expect(offered).not.toContain('user.manage');
    expect(offered).not.toContain('registry.manage');
  });

  it('offers nothing wider than the owner', () => {
    const offered = tokenScopes(rolePermissions.viewer).flatMap(({ permissions }) => permissions);
    expect(offered).toEqual(['engine.read', 'image.read', 'operation.read', 'registry.read']);
  });
});
