import { describe, expect, it } from '@jest/globals';
import { firstLoad } from './first-load.ts';

describe('firstLoad', () => {
  it('follows static imports from the entry, each once, and leaves out what comes later', () => {
    const manifest = {
      'index.html': { file: 'a.js', isEntry: true, imports: ['_b', '_c'] },
      _b: { file: 'b.js', imports: ['_c'] },
      _c: { file: 'c.js', imports: ['_b'] },
      later: { file: 'later.js', imports: ['_b'] },
      'style.css': { file: 's.css' },
    };
    expect(firstLoad(manifest)).toEqual(['a.js', 'b.js', 'c.js']);
  });
});
