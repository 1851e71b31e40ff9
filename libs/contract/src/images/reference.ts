import { WaybillError } from '../common/errors.js';

/** The Hub's canonical name in references. In logins it is `https://index.docker.io/v1/`. */
export const hubAddress = 'docker.io';

/** A reference taken apart. `repository` is the whole path below the registry; `tag` is `latest` only where `withDefaultTag` put it. */
export interface Reference {
  registry: string;
  repository: string;
  tag: string | null;
  digest: string | null;
}

const alphanumeric = '[a-z0-9]+';
const separator = '(?:[._]|__|[-]+)';
const pathComponent = `${alphanumeric}(?:${separator}${alphanumeric})*`;
const domainLabel = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domainName = `${domainLabel}(?:\\.${domainLabel})*`;
const ipv6 = '\\[(?:[a-fA-F0-9:]+)\\]';
const domain = `(?:${domainName}|${ipv6})(?::[0-9]+)?`;
const tag = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';

const whole = new RegExp(`^(?:(${domain})/)?(${pathComponent}(?:/${pathComponent})*)(?::(${tag}))?(?:@(${digest}))?$`);
const domainAlone = new RegExp(`^${domain}$`);
const maxNameLength = 255;

/** Tells a registry's address from the first part of a path: it holds a dot or a colon, is `localhost`, or has capitals. */
function looksLikeRegistry(head: string): boolean {
  return /[.:]/.test(head) || head === 'localhost' || head.startsWith('[') || head.toLowerCase() !== head;
}

/**
 * Reads a reference as the docker client does: familiar names get `docker.io` and `library/`, `index.docker.io` is the Hub.
 * Source: github.com/distribution/reference, regexp.go and normalize.go.
 * @throws WaybillError `reference.invalid` with a sentence that names what is wrong
 */
export function parseReference(text: string): Reference {
  const input = text.trim();
  if (/^[0-9a-f]{64}$/.test(input)) throw invalid(text, 'image_id', 'It is an image id; a name is needed here.');
  const slash = input.indexOf('/');
  const head = slash < 0 ? '' : input.slice(0, slash);
  const hasRegistry = slash > 0 && looksLikeRegistry(head);
  let registry = hasRegistry ? head : hubAddress;
  let rest = hasRegistry ? input.slice(slash + 1) : input;
  if (registry === 'index.docker.io' || registry === 'registry-1.docker.io') registry = hubAddress;
  if (registry === hubAddress && !rest.includes('/')) rest = `library/${rest}`;

  const match = whole.exec(`${registry}/${rest}`);
  if (!match?.[2]) throw invalid(text, ...whyInvalid(registry, rest));
  const [, , repository, tagPart, digestPart] = match;
  if (registry.length + 1 + repository.length > maxNameLength) {
    throw invalid(text, 'too_long', `The name is longer than ${maxNameLength} characters.`);
  }
  return { registry, repository, tag: tagPart ?? null, digest: digestPart ?? null };
}

/** Why a text is no reference; an error's `extra.reason`, so that the page can say it in the reader's language. */
export const referenceReasons = [
  'image_id',
  'too_long',
  'registry_address',
  'name_missing',
  'upper_case',
  'digest',
  'tag',
  'form',
] as const;
export type ReferenceReason = (typeof referenceReasons)[number];

function whyInvalid(registry: string, rest: string): [ReferenceReason, string] {
  if (!domainAlone.test(registry)) return ['registry_address', `“${registry}” is not a registry address.`];
  const name = rest.replace(/@.*$/, '').replace(/:[^/]*$/, '');
  if (!name || name === 'library/') return ['name_missing', 'The name of the repository is missing.'];
  if (/[A-Z]/.test(name)) return ['upper_case', 'A repository’s name is written in lower case.'];
  if (rest.includes('@') && !new RegExp(`@${digest}$`).test(rest)) {
    return ['digest', 'What follows the @ is not a digest.'];
  }
  const tagText = /:([^/@]*)(?:@.*)?$/.exec(rest)?.[1];
  if (tagText !== undefined && !new RegExp(`^${tag}$`).test(tagText)) {
    return [
      'tag',
      'A tag has 1 to 128 letters, digits, underscores, dots and dashes, and begins with none of the last two.',
    ];
  }
  return [
    'form',
    'Use [registry/]name[:tag], the name in lower-case letters, digits, and single dots, dashes or underscores between them.',
  ];
}

function invalid(text: string, reason: ReferenceReason, why: string): WaybillError {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return new WaybillError('reference.invalid', `“${shown}” is not an image reference. ${why}`, { extra: { reason } });
}

/** The same reference with `latest` where neither tag nor digest is said. */
export function withDefaultTag(reference: Reference): Reference {
  return reference.tag || reference.digest ? reference : { ...reference, tag: 'latest' };
}

/** `registry/namespace/name[:tag][@digest]`, the Hub as `docker.io`. */
export function canonical(reference: Reference): string {
  return `${reference.registry}/${suffixed(reference.repository, reference)}`;
}

/** The form that engines list and people type: no `docker.io/`, no `library/`. */
export function familiar(reference: Reference): string {
  return suffixed(familiarName(reference), reference);
}

/** The familiar form without tag and digest. */
export function familiarName({ registry, repository }: Reference): string {
  if (registry !== hubAddress) return `${registry}/${repository}`;
  const path = /^library\/([^/]+)$/.exec(repository);
  return path?.[1] ?? repository;
}

function suffixed(name: string, { tag: tagPart, digest: digestPart }: Reference): string {
  return `${name}${tagPart ? `:${tagPart}` : ''}${digestPart ? `@${digestPart}` : ''}`;
}

/** Reads without throwing, for live checks while one types. */
export function tryReference(text: string): { ok: true; reference: Reference } | { ok: false; error: WaybillError } {
  try {
    return { ok: true, reference: parseReference(text) };
  } catch (error) {
    if (error instanceof WaybillError) return { ok: false, error };
    throw error;
  }
}

/** Whether a text can stand as a registry's `host[:port]` in a reference. */
export function isRegistryAddress(text: string): boolean {
  return domainAlone.test(text) && looksLikeRegistry(text);
}
