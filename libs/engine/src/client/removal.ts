import type { Image, ImagePruneRequest, ImageUser } from '@waybill/contract';
import { countContainers, toImage } from './mapping.js';
import type { WireContainer, WireImage, WireRemoval } from './wire.js';

/** What an engine untagged (names) and deleted (ids, the nameless images below too), in its order. */
export interface RemovedImages {
  readonly untagged: string[];
  readonly deleted: string[];
}

/** All that tells whether an image can go: every image with the one it was built upon, and who stands on it. */
export interface ImageUsage {
  /** Intermediate images too. */
  readonly images: readonly Image[];
  /** By an image's id; empty where images live in containerd's store, which keeps none. */
  readonly parentOf: ReadonlyMap<string, string>;
  readonly containers: readonly (ImageUser & { readonly imageId: string })[];
}

export function toRemovedImages(raw: readonly WireRemoval[] | null | undefined): RemovedImages {
  const all = raw ?? [];
  return {
    untagged: all.flatMap(({ Untagged }) => (Untagged ? [Untagged] : [])),
    deleted: all.flatMap(({ Deleted }) => (Deleted ? [Deleted] : [])),
  };
}

export function toImageUsage(images: readonly WireImage[], containers: readonly WireContainer[]): ImageUsage {
  const counts = countContainers(containers);
  return {
    images: images.map((one) => toImage(one, counts)),
    parentOf: new Map(images.flatMap(({ Id, ParentId }) => (ParentId ? [[Id, ParentId] as const] : []))),
    containers: containers.map(({ Id, ImageID, Names, State }) => ({
      id: Id,
      name: (Names?.[0] ?? Id.slice(0, 12)).replace(/^\//, ''),
      state: State ?? '',
      imageId: ImageID ?? '',
    })),
  };
}

/** @returns the path and query of POST /images/prune */
export function prunePath({ unused, olderThan, labels }: ImagePruneRequest): string {
  const filters = {
    dangling: [unused ? 'false' : 'true'],
    ...(olderThan ? { until: [olderThan] } : {}),
    ...(labels?.length ? { label: labels } : {}),
  };
  return `/images/prune?${new URLSearchParams({ filters: JSON.stringify(filters) }).toString()}`;
}
