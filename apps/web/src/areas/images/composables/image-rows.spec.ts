import { describe, expect, it } from '@jest/globals';
import type { Image } from '@waybill/contract';
import { groupImages, searchGroups, sortGroups, toLines } from './image-rows.js';

const sha = (letter: string): string => `sha256:${letter.repeat(64)}`;
function image(part: Partial<Image>): Image {
  return {
    id: sha('1'),
    tags: [],
    digests: [],
    createdAt: '2026-11-24T10:00:00.000Z',
    size: 1,
    sharedSize: null,
    containers: 0,
    labels: {},
    dangling: false,
    ...part,
  };
}

describe('groupImages', () => {
  it('shows an image once in each repository that names it, with the digest of that repository', () => {
    const groups = groupImages([
      image({
        tags: ['shop:1', 'shop:stable', 'reg.io:5000/team/shop:1'],
        digests: [`reg.io:5000/team/shop@${sha('a')}`],
      }),
    ]);
    expect(groups.map(({ name, lead, repository }) => [name, lead, repository])).toEqual([
      ['shop', 'docker.io/library/', 'shop'],
      ['reg.io:5000/team/shop', 'reg.io:5000/team/', 'shop'],
    ]);
    expect(groups.map(({ rows }) => rows.map(({ tags, digest }) => ({ tags, digest })))).toEqual([
      [{ tags: ['1', 'stable'], digest: null }],
      [{ tags: ['1'], digest: sha('a') }],
    ]);
  });

  it('keeps an image that lost its tag in the repository of its digest, and a nameless one apart', () => {
    const groups = groupImages([
      image({ id: sha('2'), digests: [`shop@${sha('b')}`], dangling: true }),
      image({ dangling: true }),
    ]);
    expect(groups.map(({ name }) => name)).toEqual(['shop', null]);
  });
});

describe('searchGroups', () => {
  const groups = groupImages([image({ tags: ['shop:1.0'] }), image({ id: sha('c'), tags: ['postgres:17'] })]);

  it('finds by repository, tag and beginning of an id, all words together', () => {
    expect(searchGroups(groups, 'SHOP 1.0').map(({ name }) => name)).toEqual(['shop']);
    expect(searchGroups(groups, 'cccc').map(({ name }) => name)).toEqual(['postgres']);
    expect(searchGroups(groups, 'shop 17')).toEqual([]);
  });
});

describe('sortGroups', () => {
  it('puts the group with the largest image first and nameless images last', () => {
    const groups = groupImages([
      image({ size: 900 }),
      image({ tags: ['a:1'], size: 1 }),
      image({ tags: ['b:1'], size: 5 }),
    ]);
    expect(sortGroups(groups, 'size').map(({ name }) => name)).toEqual(['b', 'a', null]);
  });
});

describe('toLines', () => {
  it('hides the rows of a folded group and keeps its heading', () => {
    const groups = groupImages([image({ tags: ['a:1'] }), image({ tags: ['b:1'] })]);
    expect(toLines(groups, new Set(['a'])).map(({ kind }) => kind)).toEqual(['group', 'group', 'row']);
  });
});
