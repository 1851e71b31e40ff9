import { createCipheriv, createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';

/** `length` bytes that do not compress and are the same for the same seed (a key stream of AES). */
export function randomBytesOf(seed: string, length: number): Buffer {
  const key = createHash('sha256').update(seed).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  return cipher.update(Buffer.alloc(length));
}

export type TarEntry =
  | { readonly name: string; readonly content: () => Buffer; readonly mode?: number }
  | { readonly name: string; readonly linkTo: string };

/** Writes entries into a tar one after the other, each made only when its turn comes. A file that is no more is the stream's error. */
export function tarOf(entries: readonly TarEntry[]): Readable {
  const tar = pack();
  const addFrom = (index: number): void => {
    const entry = entries[index];
    if (!entry) {
      tar.finalize();
      return;
    }
    const next = (error?: Error | null): void => {
      if (error) tar.destroy(error);
      else addFrom(index + 1);
    };
    try {
      if ('linkTo' in entry) tar.entry({ name: entry.name, type: 'symlink', linkname: entry.linkTo }, next);
      else tar.entry({ name: entry.name, mode: entry.mode ?? 0o644 }, entry.content(), next);
    } catch (error) {
      tar.destroy(error as Error);
    }
  };
  addFrom(0);
  return Readable.from(tar);
}

/** Splits `HOST:PORT/name:tag` at its tag, which is `latest` when not said. */
export function splitTag(reference: string): { repository: string; tag: string } {
  const colon = reference.lastIndexOf(':');
  if (colon > reference.lastIndexOf('/')) {
    return { repository: reference.slice(0, colon), tag: reference.slice(colon + 1) };
  }
  return { repository: reference, tag: 'latest' };
}
