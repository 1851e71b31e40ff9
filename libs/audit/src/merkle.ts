import { createHash } from 'node:crypto';

/** A Merkle tree as RFC 6962, section 2.1, has it; a leaf's data are the 32 bytes of an event's `hash`, its index is `seq − 1`. */

const sha256 = (...parts: Buffer[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const leafPrefix = Buffer.from([0]);
const nodePrefix = Buffer.from([1]);

export const leafHash = (data: Buffer): Buffer => sha256(leafPrefix, data);
const nodeHash = (left: Buffer, right: Buffer): Buffer => sha256(nodePrefix, left, right);

/** The root of no leaves. */
const emptyRoot = sha256();

/** The largest power of two below `size`. */
function split(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/**
 * A tree that only grows: it keeps the roots of its full subtrees alone (at most 53), so that a million events need no memory.
 * Its state can be stored and taken up again.
 */
export class GrowingTree {
  private constructor(
    private count: number,
    private readonly peaks: { height: number; hash: Buffer }[],
  ) {}

  static empty(): GrowingTree {
    return new GrowingTree(0, []);
  }

  /** Takes up a stored state. @param peaks hex, largest subtree first */
  static from(state: { size: number; peaks: readonly string[] }): GrowingTree {
    const heights = Array.from({ length: 53 }, (_, bit) => 52 - bit).filter(
      (bit) => Math.floor(state.size / 2 ** bit) % 2 === 1,
    );
    if (heights.length !== state.peaks.length)
      throw new Error(`A tree of ${state.size} has ${heights.length} full subtrees.`);
    return new GrowingTree(
      state.size,
      heights.map((height, at) => ({ height, hash: Buffer.from(state.peaks[at] ?? '', 'hex') })),
    );
  }

  get size(): number {
    return this.count;
  }

  /** @param data the leaf's bytes, not yet hashed */
  add(data: Buffer): void {
    let top = { height: 0, hash: leafHash(data) };
    for (let last = this.peaks.at(-1); last?.height === top.height; last = this.peaks.at(-1)) {
      this.peaks.pop();
      top = { height: top.height + 1, hash: nodeHash(last.hash, top.hash) };
    }
    this.peaks.push(top);
    this.count += 1;
  }

  root(): Buffer {
    const [last, ...rest] = this.peaks.map(({ hash }) => hash).toReversed();
    return last ? rest.reduce((right, left) => nodeHash(left, right), last) : emptyRoot;
  }

  state(): { size: number; peaks: string[] } {
    return { size: this.count, peaks: this.peaks.map(({ hash }) => hash.toString('hex')) };
  }
}

/** The root over leaves `from` (inclusive) to `to`, already hashed. */
function rootOf(leaves: readonly Buffer[], from: number, to: number): Buffer {
  const [only] = leaves.slice(from, to);
  if (to - from === 0) return emptyRoot;
  if (to - from === 1 && only) return only;
  const middle = from + split(to - from);
  return nodeHash(rootOf(leaves, from, middle), rootOf(leaves, middle, to));
}

/** The path from a leaf to the root of the first `size` leaves. Source: RFC 6962, 2.1.1. @param leaves hashed by leafHash */
export function inclusionProof(leaves: readonly Buffer[], index: number, size: number): Buffer[] {
  const path = (from: number, to: number): Buffer[] => {
    if (to - from <= 1) return [];
    const middle = from + split(to - from);
    return index < middle
      ? [...path(from, middle), rootOf(leaves, middle, to)]
      : [...path(middle, to), rootOf(leaves, from, middle)];
  };
  if (index < 0 || index >= size || size > leaves.length) throw new RangeError('There is no such leaf.');
  return path(0, size);
}

/** Whether a leaf is in the tree of this size and root. Source: RFC 9162, 2.1.3.2. */
export function verifyInclusion(
  leaf: Buffer,
  index: number,
  size: number,
  proof: readonly Buffer[],
  root: Buffer,
): boolean {
  if (index < 0 || index >= size) return false;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const step of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(step, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    } else hash = nodeHash(hash, step);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && hash.equals(root);
}

/** That the tree of `older` leaves is the beginning of the tree of `newer`. Source: RFC 6962, 2.1.2. */
export function consistencyProof(leaves: readonly Buffer[], older: number, newer: number): Buffer[] {
  const prove = (size: number, from: number, to: number, whole: boolean): Buffer[] => {
    if (size === to - from) return whole ? [] : [rootOf(leaves, from, to)];
    const middle = from + split(to - from);
    return size <= middle - from
      ? [...prove(size, from, middle, whole), rootOf(leaves, middle, to)]
      : [...prove(size - (middle - from), middle, to, false), rootOf(leaves, from, middle)];
  };
  if (older < 0 || older > newer || newer > leaves.length) throw new RangeError('There are no such trees.');
  return older === 0 ? [] : prove(older, 0, newer, true);
}

/** Source: RFC 9162, 2.1.4.2. */
export function verifyConsistency(
  older: { size: number; root: Buffer },
  newer: { size: number; root: Buffer },
  proof: readonly Buffer[],
): boolean {
  if (older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && older.root.equals(newer.root);
  if (older.size === 0) return proof.length === 0;
  let [at, last] = [older.size - 1, newer.size - 1];
  while (at % 2 === 1) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  const [first, ...steps] = at === 0 ? [older.root, ...proof] : proof;
  if (!first) return false;
  let [oldHash, newHash] = [first, first];
  for (const step of steps) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      oldHash = nodeHash(step, oldHash);
      newHash = nodeHash(step, newHash);
      while (at % 2 === 0 && at !== 0) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    } else newHash = nodeHash(newHash, step);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && oldHash.equals(older.root) && newHash.equals(newer.root);
}
