import { createHash } from 'node:crypto';
import { WaybillError } from '@waybill/contract';

/** Every kind of manifest that a registry may hold. Source: OCI image spec, media-types.md; distribution, manifest v2.2. */
export const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;

const indexTypes: readonly string[] = manifestTypes.slice(0, 2);

export interface Platform {
  os: string;
  architecture: string;
  variant?: string | undefined;
}

export interface Descriptor {
  digest: string;
  size: number;
  platform: Platform | null;
  mediaType: string;
}

/** What a manifest body says. */
export type ManifestContent =
  | { kind: 'image'; /** Compressed: config and layers, each blob once. */ contentSize: number }
  | { kind: 'index'; manifests: Descriptor[] };

export function isIndexType(mediaType: string): boolean {
  return indexTypes.includes(mediaType);
}

export function digestOf(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

/** @throws WaybillError registry.error where it is no manifest */
export function readManifest(body: Buffer): ManifestContent {
  const read = parse(body);
  if (Array.isArray(read['manifests'])) {
    return { kind: 'index', manifests: read['manifests'].map(descriptor).filter((one) => one !== null) };
  }
  if (!Array.isArray(read['layers'])) throw unreadable();
  const blobs = [read['config'], ...read['layers']].map(descriptor).filter((one) => one !== null);
  const sizes = new Map(blobs.map((blob) => [blob.digest, blob.size]));
  return { kind: 'image', contentSize: [...sizes.values()].reduce((sum, size) => sum + size, 0) };
}

function parse(body: Buffer): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(body.toString('utf8'));
    if (isRecord(read)) return read;
  } catch {
    // Falls through to the one error for all that is no manifest.
  }
  throw unreadable();
}

function descriptor(value: unknown): Descriptor | null {
  if (!isRecord(value)) return null;
  const { digest, size, mediaType, platform } = value;
  if (typeof digest !== 'string' || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return null;
  return { digest, size, mediaType: typeof mediaType === 'string' ? mediaType : '', platform: readPlatform(platform) };
}

function readPlatform(value: unknown): Platform | null {
  if (!isRecord(value)) return null;
  const { os, architecture, variant } = value;
  if (typeof os !== 'string' || typeof architecture !== 'string') return null;
  return { os, architecture, ...(typeof variant === 'string' ? { variant } : {}) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unreadable(): WaybillError {
  return new WaybillError('registry.error', 'The registry gave something that is not an image manifest.');
}

/** `linux/arm64/v8` taken apart; null for anything else. Source: OCI image spec, image-index.md; containerd platforms. */
export function parsePlatform(text: string): Platform | null {
  const [os, architecture, variant, more] = text.toLowerCase().split('/');
  if (!os || !architecture || more !== undefined) return null;
  return { os, architecture, ...(variant ? { variant } : {}) };
}

/** The image of an index for a platform, or its only one; attestations (platform `unknown`) are no images. */
export function pickPlatform(manifests: readonly Descriptor[], wanted: Platform | null): Descriptor | null {
  const images = manifests.filter((one) => one.platform?.os !== 'unknown' && one.platform?.architecture !== 'unknown');
  const [first] = images;
  if (first && images.length === 1) return first;
  if (!wanted) return null;
  const fits = images.filter(
    (one) => one.platform?.os === wanted.os && one.platform.architecture === wanted.architecture,
  );
  return fits.find((one) => one.platform?.variant === wanted.variant) ?? fits[0] ?? null;
}
