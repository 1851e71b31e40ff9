import { WaybillError, type RateLimit } from '@waybill/contract';
import { apiBase } from './address.js';
import { challenge, statusFailure, type RegistryChallenge, type RegistryLocation } from './auth/challenge.js';
import { requireConfirmed } from './auth/realm.js';
import { fetchToken, pullScope, refused, type Login } from './auth/token.js';
import { basicAuthorization, headerText, type Answer, type RegistryHttp } from './http/registry-http.js';
import { digestOf, isIndexType, manifestTypes, pickPlatform, readManifest, type Platform } from './manifest.js';
import { rateLimitRepository, readRateLimit } from './rate-limit.js';

export interface ClientOptions extends RegistryLocation {
  credential?: Login | undefined;
  /** The pinned realm's url; another one gets no secret. */
  confirmedRealm?: string | null;
}

export interface ManifestHead {
  digest: string;
  mediaType: string;
  /** Bytes of the manifest itself. */
  size: number;
}

export interface ManifestFacts extends ManifestHead {
  /** Compressed config and layers; of an index, those of the platform's image. Null where no platform was said and it holds several. */
  contentSize: number | null;
}

const maxTags = 10_000;

/**
 * Reads from one registry with one login. Tokens are kept for its life, so make one for each errand.
 * Every call throws WaybillError: registry.{tag_not_found, unauthorized, denied, rate_limited, realm_unconfirmed,
 * realm_changed, error, …} and all of RegistryHttp.send. Source: OCI distribution spec.
 */
export class RegistryClient {
  readonly #http: RegistryHttp;
  readonly #options: ClientOptions;
  readonly #tokens = new Map<string, string>();
  #challenge: Promise<RegistryChallenge> | null = null;

  constructor(http: RegistryHttp, options: ClientOptions) {
    this.#http = http;
    this.#options = options;
  }

  /** Asks for digest and size alone; counts as no pull anywhere. @param reference a tag or a digest */
  async head(repository: string, reference: string): Promise<ManifestHead> {
    const answer = await this.#ask('HEAD', repository, `manifests/${reference}`);
    const digest = headerText(answer, 'docker-content-digest');
    if (!digest) return this.manifest(repository, reference);
    return { digest, mediaType: mediaTypeOf(answer), size: Number(headerText(answer, 'content-length') ?? 0) };
  }

  /**
   * Gets a manifest, proves its digest, and sums its content. On the Hub this counts as a pull.
   * @param platform whose image of an index is meant
   */
  async manifest(repository: string, reference: string, platform: Platform | null = null): Promise<ManifestFacts> {
    const answer = await this.#ask('GET', repository, `manifests/${reference}`);
    const digest = digestOf(answer.body);
    const claimed = headerText(answer, 'docker-content-digest');
    const expected = reference.includes(':') ? reference : claimed;
    if (expected?.startsWith('sha256:') && expected !== digest) {
      throw new WaybillError(
        'registry.error',
        `“${this.#options.address}” gave a manifest whose content is not that of its digest.`,
      );
    }
    const mediaType = mediaTypeOf(answer);
    const facts = { digest, mediaType, size: answer.body.length };
    const content = readManifest(answer.body);
    if (content.kind === 'image') return { ...facts, contentSize: content.contentSize };
    const image = pickPlatform(content.manifests, platform);
    if (!image || isIndexType(image.mediaType)) return { ...facts, contentSize: null };
    const inner = await this.manifest(repository, image.digest);
    return { ...facts, contentSize: inner.contentSize };
  }

  /** All tags, at most 10,000, following the registry's pages. */
  async tags(repository: string): Promise<string[]> {
    const found: string[] = [];
    let path: string | null = 'tags/list?n=1000';
    while (path !== null && found.length < maxTags) {
      const answer = await this.#ask('GET', repository, path);
      const page = tagsOf(answer);
      found.push(...page);
      path = page.length > 0 ? nextPage(answer, repository) : null;
    }
    return found.slice(0, maxTags);
  }

  /** The pull limit of this login, or of this address without one; null where there is none. Counts as no pull. */
  async rateLimit(): Promise<RateLimit | null> {
    return readRateLimit(await this.#ask('HEAD', rateLimitRepository, 'manifests/latest'));
  }

  async #ask(method: 'GET' | 'HEAD', repository: string, path: string): Promise<Answer> {
    const { address, insecure, credential } = this.#options;
    const answer = await this.#http.send({
      method,
      url: `${apiBase(address, insecure)}/v2/${repository}/${path}`,
      headers: { accept: path.startsWith('manifests/') ? manifestTypes.join(', ') : 'application/json' },
      authorization: await this.#authorization(repository),
    });
    if (answer.status === 200) return answer;
    if (answer.status === 404)
      throw new WaybillError('registry.tag_not_found', `“${address}” has no such image in “${repository}”.`);
    throw answer.status === 401
      ? refused(this.#options, credential !== undefined)
      : statusFailure(this.#options, answer);
  }

  async #authorization(repository: string): Promise<string | undefined> {
    const { address, credential, confirmedRealm } = this.#options;
    this.#challenge ??= challenge(this.#http, this.#options);
    const { scheme, realm } = await this.#challenge;
    if (scheme === 'none') return undefined;
    if (!realm) return credential && basicAuthorization(credential);
    if (credential) requireConfirmed(address, realm, confirmedRealm ?? null);
    const known = this.#tokens.get(repository);
    const token =
      known ??
      (await fetchToken(this.#http, this.#options, realm, { login: credential, scope: pullScope(repository) }));
    this.#tokens.set(repository, token);
    return `Bearer ${token}`;
  }
}

function mediaTypeOf(answer: Answer): string {
  return (headerText(answer, 'content-type') ?? '').split(';')[0]?.trim() ?? '';
}

function tagsOf(answer: Answer): string[] {
  try {
    const read: unknown = JSON.parse(answer.body.toString('utf8'));
    const tags: unknown = typeof read === 'object' && read !== null && 'tags' in read ? read.tags : null;
    return Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : [];
  } catch {
    throw new WaybillError('registry.error', 'The registry gave something that is not a list of tags.');
  }
}

/** The query of a `Link: <…>; rel="next"`; only its query is taken, the path stays ours. Source: OCI distribution spec. */
function nextPage(answer: Answer, repository: string): string | null {
  const link = /^<([^>]+)>\s*;\s*rel="?next"?/.exec(headerText(answer, 'link') ?? '')?.[1];
  if (!link || !URL.canParse(link, answer.url)) return null;
  const next = new URL(link, answer.url);
  return next.pathname.endsWith(`/${repository}/tags/list`) ? `tags/list${next.search}` : null;
}
