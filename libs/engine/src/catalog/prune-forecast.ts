import { durationMs, type Image, type ImagePrunePreview, type ImagePruneRequest } from '@waybill/contract';
import { filterImages } from './filters.js';

/**
 * What a prune would take out of a list without intermediate images: the nameless, or with `unused` all that no container stands on.
 * The engine has the last word. @param now milliseconds of the clock that images are dated by
 */
export function forecastPrune(
  images: readonly Image[],
  { unused, olderThan, labels }: ImagePruneRequest,
  now: number,
): ImagePrunePreview {
  const latest = olderThan ? now - durationMs(olderThan) : Number.POSITIVE_INFINITY;
  const found = filterImages(images, { ...(unused ? {} : { dangling: true }), ...(labels ? { label: labels } : {}) });
  const items = found
    .filter(({ containers, createdAt }) => containers === 0 && Date.parse(createdAt) <= latest)
    .map(({ id, tags, digests, size, createdAt }) => ({ id, tags, digests, size, createdAt }));
  return { items, sizeAtMost: items.reduce((sum, { size }) => sum + size, 0) };
}
