import { describe, expect, it } from '@jest/globals';
import {
  MissingPartsError,
  findPostgresFolder,
  findProgram,
  installCommand,
  missingPackages,
  requireProgram,
} from './parts.js';

describe('parts of a world', () => {
  it('tells a plain user to use sudo and root not to', () => {
    expect(installCommand(['docker.io', 'iptables'], false)).toBe(
      'sudo apt-get install -y --no-install-recommends docker.io iptables',
    );
    expect(installCommand(['nginx'], true)).toBe('apt-get install -y --no-install-recommends nginx');
  });

  it('says what lacks in one sentence with the packages and the command', () => {
    const { message, packages } = new MissingPartsError(['docker.io', 'iptables'], 'No engine is here');
    expect(packages).toEqual(['docker.io', 'iptables']);
    expect(message).toMatch(
      /^No engine is here: install the Debian packages docker\.io, iptables with `(sudo )?apt-get install .* docker\.io iptables`\.$/,
    );
  });

  it('speaks of one package in the singular', () => {
    expect(new MissingPartsError(['nginx'], 'No nginx').message).toContain('install the Debian package nginx with');
  });

  it('finds programs in the system folders even when PATH is empty', () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '';
    try {
      expect(findProgram('sh')).toMatch(/\/sh$/);
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('names the package of a program that is not there', () => {
    expect(() => requireProgram('no-such-program-here', 'some-package')).toThrow(/no-such-program-here .*some-package/);
  });

  it('asks for nothing when no part is wanted', () => {
    expect(missingPackages([])).toEqual([]);
  });

  it('finds no PostgreSQL where there is none', () => {
    expect(findPostgresFolder('/nonexistent')).toBeUndefined();
  });
});
