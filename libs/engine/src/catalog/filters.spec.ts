import { describe, expect, it } from '@jest/globals';
import type { Image } from '@waybill/contract';
import { filterImages, newestFirst, tagsIn } from './filters.js';
import { pathMatcher } from './path-match.js';

function image(over: Partial<Image>): Image {
  const tags = over.tags ?? [];
  return {
    id: `sha256:${'0'.repeat(64)}`,
    tags,
    digests: [],
    createdAt: '2026-01-01T00:00:00.000Z',
    size: 1,
    sharedSize: null,
    containers: 0,
    labels: {},
    dangling: tags.length === 0,
    ...over,
  };
}

describe('pathMatcher', () => {
  // Out of the table in Go's path/match_test.go.
  it.each<[string, string, boolean]>([
    ['abc', 'abc', true],
    ['*', 'abc', true],
    ['*c', 'abc', true],
    ['a*', 'a', true],
    ['a*', 'abc', true],
    ['a*', 'ab/c', false],
    ['a*/b', 'abc/b', true],
    ['a*/b', 'a/c/b', false],
    ['a*b*c*d*e*/f', 'axbxcxdxe/f', true],
    ['a*b*c*d*e*/f', 'axbxcxdxexxx/f', true],
    ['a*b*c*d*e*/f', 'axbxcxdxe/xxx/f', false],
    ['a*b?c*x', 'abxbbxdbxebxczzx', true],
    ['a*b?c*x', 'abxbbxdbxebxczzy', false],
    ['ab[c]', 'abc', true],
    ['ab[b-d]', 'abc', true],
    ['ab[e-g]', 'abc', false],
    ['ab[^c]', 'abc', false],
    ['ab[^b-d]', 'abc', false],
    ['ab[^e-g]', 'abc', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'ab', false],
    ['a?b', 'a☺b', true],
    ['a[^a]b', 'a☺b', true],
    ['a???b', 'a☺b', false],
    ['[a-ζ]*', 'α', true],
    ['*[a-ζ]', 'A', false],
    ['a?b', 'a/b', false],
    ['a*b', 'a/b', false],
    ['[\\]a]', ']', true],
    ['[\\-]', '-', true],
    ['[x\\-]', 'x', true],
    ['[x\\-]', '-', true],
    ['[x\\-]', 'z', false],
    ['[\\-x]', 'a', false],
    ['*x', 'xxx', true],
    ['team/a.p:1', 'team/axp:1', false],
    ['**', 'abc', true],
    ['', '', true],
    ['', 'a', false],
    ['a[/]b', 'a/b', true],
  ])('%s on %s is %s', (pattern, name, matches) => {
    expect(pathMatcher(pattern)(name)).toBe(matches);
  });

  it.each(['[]a]', '[-]', '[x-]', '[-x]', '[', '[^', '[^bc', 'a[', 'a\\', '[a-b-c]'])(
    'refuses %s, as Go does',
    (pattern) => {
      expect(() => pathMatcher(pattern)).toThrow(expect.objectContaining({ code: 'request.invalid' }));
    },
  );

  it('does not take for ever on a pattern that is made for it', () => {
    const started = performance.now();
    expect(pathMatcher(`${'*a'.repeat(100)}b`)('a'.repeat(5000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('filterImages', () => {
  const blue = image({ id: 'sha256:1', tags: ['busybox:1.36', 'team/busybox:1'], labels: { team: 'blue', empty: '' } });
  const red = image({ id: 'sha256:2', tags: ['127.0.0.1:5000/team/app:1'], labels: { team: 'red' } });
  const none = image({ id: 'sha256:3', labels: { team: 'blue' } });
  const all = [blue, red, none];
  const ids = (filter: Parameters<typeof filterImages>[1]): string[] =>
    filterImages(all, filter).map(({ id }) => id.slice(-1));

  it('compares labels with and without a value, and wants all of them', () => {
    expect(ids({ label: ['team'] })).toEqual(['1', '2', '3']);
    expect(ids({ label: ['team=blue'] })).toEqual(['1', '3']);
    expect(ids({ label: ['team=blue', 'empty'] })).toEqual(['1']);
    expect(ids({ label: ['empty='] })).toEqual(['1']);
    expect(ids({ label: ['constructor'] })).toEqual([]);
  });

  it('matches references by name or by name and tag, and keeps only the names that match', () => {
    expect(ids({ reference: ['busybox'] })).toEqual(['1']);
    expect(filterImages(all, { reference: ['busybox:*'] })[0]?.tags).toEqual(['busybox:1.36']);
    expect(ids({ reference: ['*/busybox'] })).toEqual(['1']);
    expect(ids({ reference: ['127.0.0.1:5000/*/*'] })).toEqual(['2']);
    expect(ids({ reference: ['*'] })).toEqual(['1']);
    expect(ids({ reference: ['nothing', '*/*/app:1'] })).toEqual(['2']);
  });

  it('tells dangling ones from the others', () => {
    expect(ids({ dangling: true })).toEqual(['3']);
    expect(ids({ dangling: false })).toEqual(['1', '2']);
    const byDigest = image({ id: '9', digests: [`reg.io/a@sha256:${'1'.repeat(64)}`] });
    expect([true, false].map((dangling) => filterImages([byDigest], { dangling }).length)).toEqual([1, 1]);
  });

  it('has the tags of a repository, and of none that is like it', () => {
    const images = [
      image({ tags: ['r.io/team/app:2', 'r.io/team/app:1', 'r.io/team/app2:3'] }),
      image({ tags: ['team/app:4', 'busybox:1'] }),
    ];
    expect(tagsIn(images, 'r.io/team/app')).toEqual(['1', '2']);
    expect(tagsIn(images, 'docker.io/library/busybox')).toEqual(['1']);
    expect(tagsIn(images, 'r.io/team/none')).toEqual([]);
  });

  it('sorts newest first, and by name among equals', () => {
    const at = (createdAt: string, ...tags: string[]): Image => image({ createdAt, tags });
    const sorted = newestFirst([
      at('2026-01-01T00:00:00.000Z', 'b:1'),
      at('2026-01-02T00:00:00.000Z', 'c:1'),
      at('2026-01-01T00:00:00.000Z', 'a:1'),
    ]);
    expect(sorted.map(({ tags }) => tags[0])).toEqual(['c:1', 'a:1', 'b:1']);
  });
});
