import {
  familiar,
  familiarName,
  tryReference,
  withDefaultTag,
  type Image,
  type ImageRemoveRequest,
  type RemovalForecast,
  type RemovalObstacle,
} from '@waybill/contract';
import type { ImageUsage } from '../client/removal.js';

/** An image while the references before are counted as done. */
interface Standing {
  readonly image: Image;
  readonly tags: Set<string>;
  readonly digests: Set<string>;
}

type Wishes = Pick<ImageRemoveRequest, 'force' | 'noPrune'>;

const alive = new Set(['running', 'paused', 'restarting']);

function repositoryOf(name: string): string {
  const read = tryReference(name);
  return read.ok ? familiarName(read.reference) : name;
}

/**
 * What `docker rmi` of these references will do, one after the other, out of what the engine lists. The engine has the last word.
 * Source: moby daemon/images/image_delete.go; daemon/containerd/image_delete.go.
 */
export function forecastRemoval(
  usage: ImageUsage,
  { references, ...wishes }: Pick<ImageRemoveRequest, 'references' | 'force' | 'noPrune'>,
): RemovalForecast[] {
  const plan = new RemovalPlan(usage, wishes);
  return references.map((reference) => plan.next(reference));
}

class RemovalPlan {
  readonly #usage: ImageUsage;
  readonly #wishes: Wishes;
  readonly #standing: Map<string, Standing>;

  constructor(usage: ImageUsage, wishes: Wishes) {
    this.#usage = usage;
    this.#wishes = wishes;
    this.#standing = new Map(
      usage.images.map((image) => [image.id, { image, tags: new Set(image.tags), digests: new Set(image.digests) }]),
    );
  }

  next(reference: string): RemovalForecast {
    const found = this.#byName(reference) ?? this.#byId(reference);
    if (found) return found;
    const isName = tryReference(reference).ok || isHex(reference);
    return { ...nothing(reference), obstacle: isName ? 'not_found' : 'invalid' };
  }

  #byName(reference: string): RemovalForecast | null {
    const read = tryReference(reference);
    if (!read.ok) return null;
    const name = familiar(withDefaultTag(read.reference));
    const standing = [...this.#standing.values()].find(({ tags, digests }) => tags.has(name) || digests.has(name));
    if (!standing) return null;
    const repository = repositoryOf(name);
    const inRepository = (one: string): boolean => repositoryOf(one) === repository;
    const tags = [...standing.tags].filter((one) => one !== name);
    // The last tag of a repository takes the repository's digests with it.
    const digests = [...standing.digests].filter(
      (one) => one !== name && (tags.some(inRepository) || !inRepository(one)),
    );
    const shared = this.#facts(reference, standing, tags.length > 0 ? tags : digests);
    if (tags.length + digests.length > 0) {
      standing.tags.delete(name);
      standing.digests.forEach((one) => !digests.includes(one) && standing.digests.delete(one));
      return { ...shared, effect: 'untag', untags: [name] };
    }
    if (shared.containers.length > 0 && !this.#wishes.force) return { ...shared, obstacle: 'containers' };
    // What a container runs on or an image is built upon loses its name and stays.
    if (shared.children.length > 0 || shared.containers.some(({ state }) => alive.has(state))) {
      standing.tags.clear();
      standing.digests.clear();
      return { ...shared, effect: 'untag', untags: [name] };
    }
    return this.#delete(shared, standing);
  }

  #byId(reference: string): RemovalForecast | null {
    if (!isHex(reference)) return null;
    const start = `sha256:${reference.replace(/^sha256:/, '')}`;
    const [standing, another] = [...this.#standing.values()].filter(({ image }) => image.id.startsWith(start));
    if (!standing || another) return null;
    const shared = this.#facts(reference, standing, []);
    const obstacle = this.#obstacleById(standing, shared);
    return obstacle ? { ...shared, keeps: [...standing.tags], obstacle } : this.#delete(shared, standing);
  }

  #obstacleById({ tags, digests }: Standing, { children, containers }: RemovalForecast): RemovalObstacle | null {
    if (children.length > 0) return 'children';
    if (containers.some(({ state }) => alive.has(state))) return 'running';
    if (this.#wishes.force) return null;
    if (tags.size > 1 || new Set([...tags, ...digests].map(repositoryOf)).size > 1) return 'several_tags';
    return containers.length > 0 ? 'containers' : null;
  }

  #delete(shared: RemovalForecast, standing: Standing): RemovalForecast {
    this.#standing.delete(standing.image.id);
    const parents = this.#wishes.noPrune ? [] : this.#looseParents(standing.image.id);
    parents.forEach((id) => this.#standing.delete(id));
    const names = standing.tags.size > 0 ? standing.tags : standing.digests;
    return { ...shared, effect: 'delete', untags: [...names], parents };
  }

  /** The nameless images below that nothing else stands on once this one is gone. */
  #looseParents(id: string): string[] {
    const parents: string[] = [];
    for (let parent = this.#usage.parentOf.get(id); parent; parent = this.#usage.parentOf.get(parent)) {
      const standing = this.#standing.get(parent);
      const isBare = standing && standing.tags.size + standing.digests.size === 0 && !standing.image.containers;
      if (!isBare || this.#childrenOf(parent).some((child) => !parents.includes(child))) break;
      parents.push(parent);
    }
    return parents;
  }

  #childrenOf(id: string): string[] {
    return [...this.#usage.parentOf].flatMap(([child, parent]) =>
      parent === id && this.#standing.has(child) ? [child] : [],
    );
  }

  #facts(reference: string, { image }: Standing, keeps: string[]): RemovalForecast {
    const containers = this.#usage.containers
      .filter(({ imageId }) => imageId === image.id)
      .map(({ id, name, state }) => ({ id, name, state }));
    const { id, size } = image;
    return { ...nothing(reference), imageId: id, size, keeps, children: this.#childrenOf(id), containers };
  }
}

function isHex(reference: string): boolean {
  return /^(sha256:)?[0-9a-f]{1,64}$/.test(reference);
}

function nothing(reference: string): RemovalForecast {
  return {
    reference,
    imageId: null,
    size: null,
    effect: 'none',
    untags: [],
    keeps: [],
    parents: [],
    children: [],
    containers: [],
    obstacle: null,
  };
}
