import { describe, expect, it } from '@jest/globals';
import { nodeFlagsFor } from './run-typescript.js';
import { sharedFiles, sharedFolder } from './state.js';

describe('the folder of a shared world', () => {
  it('is one for each checkout and each user', () => {
    expect(sharedFolder('/a', 0)).toBe(sharedFolder('/a', 0));
    expect(sharedFolder('/a', 0)).not.toBe(sharedFolder('/b', 0));
    expect(sharedFolder('/a', 0)).not.toBe(sharedFolder('/a', 1000));
  });

  it('leaves room for the sockets in it', () => {
    expect(sharedFiles(sharedFolder('/a', 0)).control.length).toBeLessThan(107);
  });
});

describe('running a script of this package', () => {
  it('needs a hook from source and nothing from the build', () => {
    expect(nodeFlagsFor('keeper.js')).toEqual([]);
    expect(nodeFlagsFor('keeper.ts')).toContain('--import');
  });
});
