import { describe, expect, it } from '@jest/globals';
import {
  Role,
  defaultTokenScopes,
  permissions,
  permissionsOf,
  sessionOnlyPermissions,
  tokenPermissions,
} from './permissions.js';

describe('the roles', () => {
  it('hold exactly this', () => {
    const lines = permissions.map((permission) => {
      const holders = Role.options.map((role) =>
        permissionsOf(role).includes(permission) ? role : '-'.repeat(role.length),
      );
      return `${permission.padEnd(18)}${holders.join(' ')}`;
    });
    expect(`\n${lines.join('\n')}\n`).toMatchInlineSnapshot(`
      "
      engine.read       viewer developer publisher auditor admin
      image.read        viewer developer publisher auditor admin
      image.pull        ------ developer publisher ------- admin
      image.push        ------ --------- publisher ------- admin
      image.tag         ------ developer publisher ------- admin
      image.build       ------ developer publisher ------- admin
      image.commit      ------ developer publisher ------- admin
      image.load        ------ developer publisher ------- admin
      image.save        ------ developer publisher ------- admin
      image.remove      ------ developer publisher ------- admin
      image.prune       ------ --------- --------- ------- admin
      container.read    viewer developer publisher auditor admin
      container.run     ------ developer publisher ------- admin
      container.manage  ------ developer publisher ------- admin
      container.exec    ------ developer publisher ------- admin
      container.logs    ------ developer publisher ------- admin
      container.files   ------ developer publisher ------- admin
      environment.read  ------ developer publisher ------- admin
      operation.read    viewer developer publisher auditor admin
      operation.cancel  ------ --------- --------- ------- admin
      registry.read     viewer developer publisher auditor admin
      registry.manage   ------ --------- --------- ------- admin
      user.manage       ------ --------- --------- ------- admin
      audit.read        ------ --------- --------- auditor admin
      audit.export      ------ --------- --------- auditor admin
      audit.verify      ------ --------- --------- auditor admin
      approve           ------ --------- --------- ------- admin
      settings.manage   ------ --------- --------- ------- admin
      host              ------ --------- --------- ------- admin
      "
    `);
  });

  it('grow from viewer to developer to publisher', () => {
    expect(permissionsOf('developer')).toEqual(expect.arrayContaining([...permissionsOf('viewer')]));
    expect(permissionsOf('publisher')).toEqual(expect.arrayContaining([...permissionsOf('developer')]));
  });
});

describe('tokenPermissions', () => {
  it('is what both the scopes and the owner allow', () => {
    expect(tokenPermissions('developer', ['image.push', 'image.pull'])).toEqual(['image.pull']);
    expect(tokenPermissions(new Set(['image.push'] as const), ['image.push', 'image.pull'])).toEqual(['image.push']);
  });

  it('never holds what only a session may, even for an admin', () => {
    expect(tokenPermissions('admin', permissions)).toEqual(
      permissions.filter((one) => !sessionOnlyPermissions.includes(one)),
    );
  });

  it('only reads where nothing else is said', () => {
    expect(tokenPermissions('admin', defaultTokenScopes)).toEqual([...permissionsOf('viewer')]);
  });
});
