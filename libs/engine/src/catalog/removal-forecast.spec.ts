import { describe, expect, it } from '@jest/globals';
import type { Image } from '@waybill/contract';
import type { ImageUsage } from '../client/removal.js';
import { forecastPrune } from './prune-forecast.js';
import { forecastRemoval } from './removal-forecast.js';

const idOf = (letter: string): string => `sha256:${letter.repeat(64)}`;
const image = (letter: string, tags: string[], more: Partial<Image> = {}): Image => ({
  id: idOf(letter),
  tags,
  digests: [],
  createdAt: '2026-01-01T00:00:00.000Z',
  size: 100,
  sharedSize: null,
  containers: 0,
  labels: {},
  dangling: tags.length === 0,
  ...more,
});
const container = (letter: string, state: string) => ({ id: 'c1', name: 'web', state, imageId: idOf(letter) });
const usage = (images: Image[], more: Partial<ImageUsage> = {}): ImageUsage => ({
  images,
  parentOf: new Map(),
  containers: [],
  ...more,
});
const forecast = (of: ImageUsage, references: string[], wishes: { force?: boolean; noPrune?: boolean } = {}) =>
  forecastRemoval(of, { references, ...wishes });

describe('what the removal of a name would do', () => {
  it('only takes the name away while another tag holds the image', () => {
    const [found] = forecast(usage([image('a', ['app:1', 'app:2'])]), ['docker.io/library/app:1']);
    expect(found).toMatchObject({ effect: 'untag', untags: ['app:1'], keeps: ['app:2'], obstacle: null });
  });

  it('counts the references before it as done, so that the last tag takes the image', () => {
    const effects = forecast(usage([image('a', ['app:1', 'app:2'])]), ['app:1', 'app:2', 'app:2']);
    expect(effects.map(({ effect, obstacle }) => [effect, obstacle])).toEqual([
      ['untag', null],
      ['delete', null],
      ['none', 'not_found'],
    ]);
  });

  it('stands against containers, even stopped ones, until it is forced', () => {
    const used = usage([image('a', ['app:latest'])], { containers: [container('a', 'exited')] });
    expect(forecast(used, ['app'])).toMatchObject([{ effect: 'none', obstacle: 'containers', containers: [{}] }]);
    expect(forecast(used, ['app'], { force: true })).toMatchObject([{ effect: 'delete', obstacle: null }]);
  });

  it('leaves an image that a container runs on without a name, when forced', () => {
    const used = usage([image('a', ['app:1'])], { containers: [container('a', 'running')] });
    expect(forecast(used, ['app:1'], { force: true })).toMatchObject([{ effect: 'untag', obstacle: null }]);
  });

  it('tells the images that are built upon it, which keep it', () => {
    const built = usage([image('a', ['base:1']), image('b', ['app:1'])], {
      parentOf: new Map([[idOf('b'), idOf('a')]]),
    });
    expect(forecast(built, ['base:1'])).toMatchObject([{ effect: 'untag', children: [idOf('b')] }]);
    expect(forecast(built, ['aaaa'])).toMatchObject([{ effect: 'none', obstacle: 'children' }]);
  });

  it('takes the nameless images below along, unless they are to be kept or another image stands on them', () => {
    const chain = usage([image('a', []), image('b', []), image('c', ['app:1'])], {
      parentOf: new Map([
        [idOf('c'), idOf('b')],
        [idOf('b'), idOf('a')],
      ]),
    });
    expect(forecast(chain, ['app:1'])[0]?.parents).toEqual([idOf('b'), idOf('a')]);
    expect(forecast(chain, ['app:1'], { noPrune: true })[0]?.parents).toEqual([]);
    const forked = usage([...chain.images, image('d', ['other:1'])], {
      parentOf: new Map([...chain.parentOf, [idOf('d'), idOf('a')]]),
    });
    expect(forecast(forked, ['app:1'])[0]?.parents).toEqual([idOf('b')]);
    expect(forecast(forked, ['app:1', 'other:1'])[1]?.parents).toEqual([idOf('a')]);
  });
});

describe('what the removal of an id would do', () => {
  it('needs force where several tags stand on it, and then takes them all', () => {
    const two = usage([image('a', ['app:1', 'app:2'])]);
    expect(forecast(two, ['aaaaaaaaaaaa'])).toMatchObject([{ obstacle: 'several_tags', keeps: ['app:1', 'app:2'] }]);
    expect(forecast(two, [idOf('a')], { force: true })).toMatchObject([
      { effect: 'delete', untags: ['app:1', 'app:2'], imageId: idOf('a') },
    ]);
  });

  it('is refused while a container runs on it, forced or not', () => {
    const used = usage([image('a', ['app:1'])], { containers: [container('a', 'running')] });
    for (const force of [true, false]) expect(forecast(used, ['aaaa'], { force })[0]?.obstacle).toBe('running');
  });

  it('does not guess between two ids that begin alike, and tells what is no reference', () => {
    const alike = usage([image('a', []), image('a', [], { id: `sha256:${'a'.repeat(63)}b` })]);
    expect(forecast(alike, ['aaaa', 'a//b'])).toMatchObject([{ obstacle: 'not_found' }, { obstacle: 'invalid' }]);
  });
});

describe('what a prune would take', () => {
  const now = Date.parse('2026-01-03T00:00:00.000Z');
  const images = [
    image('a', [], { labels: { team: 'blue' } }),
    image('b', ['app:1'], { createdAt: '2026-01-02T12:00:00.000Z', labels: { team: 'red' } }),
    image('c', ['used:1'], { containers: 1 }),
  ];
  const taken = (wanted: Parameters<typeof forecastPrune>[1]): string[] =>
    forecastPrune(images, wanted, now).items.map(({ id }) => id);

  it('is the nameless, or all that no container uses, with their bytes', () => {
    expect(taken({})).toEqual([idOf('a')]);
    expect(forecastPrune(images, { unused: true }, now)).toMatchObject({ items: [{}, {}], sizeAtMost: 200 });
  });

  it('is bounded by age and by every label', () => {
    expect(taken({ unused: true, olderThan: '24h' })).toEqual([idOf('a')]);
    expect(taken({ unused: true, labels: ['team=red'] })).toEqual([idOf('b')]);
    expect(taken({ unused: true, labels: ['team', 'team=green'] })).toEqual([]);
  });
});
