import { familiarName, parseReference, tryReference, type Image, type ImageQuery } from '@waybill/contract';
import type { EngineFilters } from '../client/engine-client.js';
import { pathMatcher } from './path-match.js';

/** The filters of an ImageQuery; paging is the caller's. */
export type ImageFilter = Partial<Pick<ImageQuery, 'all' | 'reference' | 'dangling' | 'label' | 'before' | 'since'>>;

/** `name:tag` or `name@digest` without what follows the name. */
function nameOf(reference: string): string {
  const read = tryReference(reference);
  return read.ok ? familiarName(read.reference) : reference.replace(/[:@][^/]*$/, '');
}

function matchesReference(patterns: readonly ((name: string) => boolean)[], reference: string): boolean {
  const name = nameOf(reference);
  return patterns.some((one) => one(reference) || one(name));
}

function matchesLabels(wanted: readonly string[], labels: Readonly<Record<string, string>>): boolean {
  return wanted.every((one) => {
    const at = one.indexOf('=');
    const key = at < 0 ? one : one.slice(0, at);
    return Object.hasOwn(labels, key) && (at < 0 || labels[key] === one.slice(at + 1));
  });
}

/** An older engine lists what only a digest names under both: `dangling=true` and `dangling=false` (tried on 20.10). */
function isNamed({ tags, digests }: Image): boolean {
  return tags.length + digests.length > 0;
}

/**
 * Applies `docker images --filter` to a list in memory: labels all must match, of references one, an image keeps only the names that
 * match. Source: moby daemon/images/images.go and reference.FamiliarMatch.
 * @throws WaybillError `request.invalid` for a pattern that is none
 */
export function filterImages(images: readonly Image[], filter: ImageFilter): Image[] {
  const patterns = filter.reference?.map(pathMatcher);
  const labels = filter.label ?? [];
  return images.flatMap((image) => {
    if (filter.dangling === true && !image.dangling) return [];
    if (filter.dangling === false && !isNamed(image)) return [];
    if (labels.length > 0 && !matchesLabels(labels, image.labels)) return [];
    if (!patterns || patterns.length === 0) return [image];
    const tags = image.tags.filter((one) => matchesReference(patterns, one));
    const digests = image.digests.filter((one) => matchesReference(patterns, one));
    return tags.length + digests.length > 0 ? [{ ...image, tags, digests, dangling: tags.length === 0 }] : [];
  });
}

/**
 * What only the engine can judge: it compares times to the nanosecond and tells them in seconds. Undefined where nothing is left for it.
 */
export function engineFilters({ before, since }: ImageFilter): EngineFilters | undefined {
  if (before === undefined && since === undefined) return undefined;
  return { ...(before === undefined ? {} : { before: [before] }), ...(since === undefined ? {} : { since: [since] }) };
}

/** Newest first; by name, then by id, among those of one second. */
export function newestFirst(images: readonly Image[]): Image[] {
  const key = ({ tags, id }: Image): string => tags[0] ?? `~${id}`;
  return images.toSorted((a, b) => {
    if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
    return key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
  });
}

/** The tags that a list has of a repository, sorted. @throws WaybillError `reference.invalid` */
export function tagsIn(images: readonly Image[], repository: string): string[] {
  const wanted = familiarName(parseReference(repository));
  const tags = images
    .flatMap((image) => image.tags)
    .flatMap((one) => {
      const read = tryReference(one);
      return read.ok && read.reference.tag && familiarName(read.reference) === wanted ? [read.reference.tag] : [];
    });
  return [...new Set(tags)].sort();
}
