import { canonical, tryReference, type Image } from '@waybill/contract';

export const imageSorts = ['name', 'created', 'size', 'used'] as const;
export type ImageSort = (typeof imageSorts)[number];

/** One image in one repository: an image with tags in two repositories has a row in each. */
export interface ImageRow {
  key: string;
  image: Image;
  /** `shop-api:2.4.0`, as the engine lists them; empty where dangling. */
  references: readonly string[];
  /** The part behind the colon of each. */
  tags: readonly string[];
  /** `sha256:…` of this repository; null where it was never pushed or pulled. */
  digest: string | null;
}

/** What a removal of the row names: its tags, or the id where it has none. */
export function removalNames({ references, image }: ImageRow): readonly string[] {
  return references.length > 0 ? references : [image.id];
}

export interface ImageGroup {
  /** The repository as the engine names it; null for images without a name. */
  name: string | null;
  /** Registry and namespace, drawn light: `docker.io/library/`. */
  lead: string;
  repository: string;
  rows: ImageRow[];
}

/** A line of the virtual list. */
export type ImageLine = { kind: 'group'; key: string; group: ImageGroup } | { kind: 'row'; key: string; row: ImageRow };

function nameOf(reference: string): string {
  return reference.slice(0, reference.lastIndexOf(':'));
}

function digestIn(image: Image, name: string): string | null {
  const found = image.digests.find((digest) => digest.startsWith(`${name}@`));
  return found ? found.slice(name.length + 1) : null;
}

function emptyGroup(name: string | null): ImageGroup {
  if (name === null) return { name, lead: '', repository: '', rows: [] };
  const read = tryReference(name);
  const full = read.ok ? canonical(read.reference) : name;
  const cut = full.lastIndexOf('/') + 1;
  return { name, lead: full.slice(0, cut), repository: full.slice(cut), rows: [] };
}

/** Sorts a list of images into their repositories; what has no name stands last. */
export function groupImages(images: readonly Image[]): ImageGroup[] {
  const groups = new Map<string | null, ImageGroup>();
  const add = (name: string | null, row: ImageRow) => {
    const group = groups.get(name) ?? emptyGroup(name);
    groups.set(name, group);
    group.rows.push(row);
  };
  for (const image of images) {
    const names = new Set(image.tags.map(nameOf));
    for (const digest of image.tags.length ? [] : image.digests) names.add(digest.slice(0, digest.indexOf('@')));
    for (const name of names) {
      const references = image.tags.filter((tag) => nameOf(tag) === name);
      const tags = references.map((reference) => reference.slice(name.length + 1));
      add(name, { key: `${name} ${image.id}`, image, references, tags, digest: digestIn(image, name) });
    }
    if (!names.size) add(null, { key: image.id, image, references: [], tags: [], digest: null });
  }
  return [...groups.values()];
}

/** Keeps the rows that hold every word of the search in repository, tag, digest or id. */
export function searchGroups(groups: readonly ImageGroup[], search: string): ImageGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [...groups];
  return groups.flatMap((group) => {
    const rows = group.rows.filter((row) => {
      const text = [group.lead + group.repository, ...row.references, row.digest ?? '', row.image.id]
        .join(' ')
        .toLowerCase();
      return words.every((word) => text.includes(word));
    });
    return rows.length ? [{ ...group, rows }] : [];
  });
}

const newestFirst = (a: ImageRow, b: ImageRow): number => b.image.createdAt.localeCompare(a.image.createdAt);
const largestFirst = (a: ImageRow, b: ImageRow): number => b.image.size - a.image.size;
const mostUsedFirst = (a: ImageRow, b: ImageRow): number =>
  b.image.containers - a.image.containers || newestFirst(a, b);
const rowOrder: Record<ImageSort, (a: ImageRow, b: ImageRow) => number> = {
  name: newestFirst,
  created: newestFirst,
  size: largestFirst,
  used: mostUsedFirst,
};

/** Orders the rows of each group, and the groups by their first row; without a name always last. */
export function sortGroups(groups: readonly ImageGroup[], sort: ImageSort): ImageGroup[] {
  const compare = rowOrder[sort];
  const byName = (a: ImageGroup, b: ImageGroup): number => (a.lead + a.repository).localeCompare(b.lead + b.repository);
  return groups
    .map((group) => ({ ...group, rows: [...group.rows].sort(compare) }))
    .sort((a, b) => {
      if ((a.name === null) !== (b.name === null)) return a.name === null ? 1 : -1;
      const [first, second] = [a.rows[0], b.rows[0]];
      return sort === 'name' || !first || !second ? byName(a, b) : compare(first, second) || byName(a, b);
    });
}

/** The lines that the list draws: a heading for each group, and its rows unless it is folded. */
export function toLines(groups: readonly ImageGroup[], folded: ReadonlySet<string>): ImageLine[] {
  return groups.flatMap((group): ImageLine[] => {
    const heading: ImageLine = { kind: 'group', key: `# ${group.name ?? ''}`, group };
    if (folded.has(group.name ?? '')) return [heading];
    return [heading, ...group.rows.map((row): ImageLine => ({ kind: 'row', key: row.key, row }))];
  });
}
