import { hubAddress, type Reference } from '../images/reference.js';

/** A pattern taken apart. Each part may hold `*`, which stands for any run of characters within the part. */
export interface RulePattern {
  registry: string;
  repository: string;
  tag: string;
}

export const longestPattern = 300;
const hubNames = new Set(['index.docker.io', 'registry-1.docker.io', hubAddress]);

/**
 * Reads `registry/repository:tag` with `*` in any part, the Hub's names as the docker client reads them. What is left out is
 * the Hub for the registry, and any tag for the tag; a name that is `*` alone is every repository of every registry.
 * @returns null where the text is no pattern
 */
export function readPattern(text: string): RulePattern | null {
  const input = text.trim();
  if (!input || input.length > longestPattern) return null;
  const slash = input.indexOf('/');
  const head = input.slice(0, Math.max(0, slash)).toLowerCase();
  const hasRegistry = slash > 0 && (/[.:]/.test(head) || head === 'localhost' || head === '*');
  const rest = hasRegistry ? input.slice(slash + 1) : input;
  const colon = rest.lastIndexOf(':');
  const hasTag = colon > rest.lastIndexOf('/');
  const name = hasTag ? rest.slice(0, colon) : rest;
  const tag = hasTag ? rest.slice(colon + 1) : '*';
  const registry = hasRegistry ? head : name === '*' ? '*' : hubAddress;
  const isHub = hubNames.has(registry);
  const repository = isHub && name !== '*' && name && !name.includes('/') ? `library/${name}` : name;
  const isPattern =
    /^[a-z0-9.:*[\]-]+$/.test(registry) &&
    /^[a-z0-9._*-]+(?:\/[a-z0-9._*-]+)*$/.test(repository) &&
    /^[A-Za-z0-9_.*-]{1,128}$/.test(tag);
  return isPattern ? { registry: isHub ? hubAddress : registry, repository, tag } : null;
}

/** One spelling for each pattern: `registry/repository:tag`, the Hub as `docker.io`. */
export function canonicalPattern({ registry, repository, tag }: RulePattern): string {
  return `${registry}/${repository}:${tag}`;
}

/** Whether a reference with a tag fits. Part by part, so that no `*` reaches over into the next one. */
export function matchesPattern(pattern: RulePattern, reference: Reference): boolean {
  return (
    reference.tag !== null &&
    matchesPart(pattern.registry, reference.registry.toLowerCase()) &&
    matchesPart(pattern.repository, reference.repository) &&
    matchesPart(pattern.tag, reference.tag)
  );
}

/** How much of a canonical pattern stands fixed from its start; one without any `*` is beyond every one that begins alike. */
export function specificityOf(pattern: string): number {
  const star = pattern.indexOf('*');
  return star < 0 ? pattern.length + 1 : star;
}

/** Each piece between two stars is looked for once, after the one before: no pattern makes this slow. */
function matchesPart(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return first === text;
  if (!text.startsWith(first)) return false;
  const end = text.length - last.length;
  let from = first.length;
  for (const piece of rest) {
    const at = text.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return from <= end && text.endsWith(last);
}
