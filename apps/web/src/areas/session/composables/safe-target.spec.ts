import { describe, expect, it } from '@jest/globals';
import { safeTarget } from './safe-target.js';

describe('where a login leads to', () => {
  it('keeps a path of the page with its query', () => {
    expect(safeTarget('/record?actor=system')).toBe('/record?actor=system');
  });
  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', undefined, ['/a']])(
    'goes to the overview instead of %p',
    (to) => {
      expect(safeTarget(to)).toBe('/');
    },
  );
});
