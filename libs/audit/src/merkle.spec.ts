import { describe, expect, it } from '@jest/globals';
import {
  GrowingTree,
  consistencyProof,
  inclusionProof,
  leafHash,
  verifyConsistency,
  verifyInclusion,
} from './merkle.js';

/** The leaves and roots that Certificate Transparency's own tests use. */
const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
  (hex) => Buffer.from(hex, 'hex'),
);
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const leaves = inputs.map(leafHash);

function grown(size: number): GrowingTree {
  const tree = GrowingTree.empty();
  inputs.slice(0, size).forEach((data) => tree.add(data));
  return tree;
}
const rootAt = (size: number) => grown(size).root();

describe('GrowingTree', () => {
  it('has the roots of RFC 6962', () => {
    expect(roots.map((_, at) => rootAt(at + 1).toString('hex'))).toEqual(roots);
    expect(rootAt(0).toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
  it.each([0, 1, 3, 5, 7])('taken up again at %i goes on as if it had never stopped', (size) => {
    const tree = GrowingTree.from(grown(size).state());
    inputs.slice(size).forEach((data) => tree.add(data));
    expect(tree.root().toString('hex')).toBe(roots[7]);
  });
  it('refuses a state that does not fit its size', () =>
    expect(() => GrowingTree.from({ size: 3, peaks: ['00'] })).toThrow('2 full subtrees'));
});

describe('an inclusion proof', () => {
  const cases = roots.flatMap((_, at) => Array.from({ length: at + 1 }, (__, index) => [index, at + 1] as const));
  it.each(cases)('of leaf %i in a tree of %i holds for it alone', (index, size) => {
    const proof = inclusionProof(leaves, index, size);
    const leaf = leaves[index] ?? Buffer.alloc(0);
    expect(verifyInclusion(leaf, index, size, proof, rootAt(size))).toBe(true);
    expect(verifyInclusion(leafHash(Buffer.from('other')), index, size, proof, rootAt(size))).toBe(false);
    if (size > 1) expect(verifyInclusion(leaf, (index + 1) % size, size, proof, rootAt(size))).toBe(false);
    expect(verifyInclusion(leaf, index, size, [...proof, leaf], rootAt(size))).toBe(false);
  });
});

describe('a consistency proof', () => {
  const cases = roots.flatMap((_, at) => Array.from({ length: at + 2 }, (__, older) => [older, at + 1] as const));
  it.each(cases)('from %i to %i holds, and for no other beginning', (older, newer) => {
    const [from, to] = [
      { size: older, root: rootAt(older) },
      { size: newer, root: rootAt(newer) },
    ];
    const proof = consistencyProof(leaves, older, newer);
    expect(verifyConsistency(from, to, proof)).toBe(true);
    if (older > 0)
      expect(verifyConsistency({ size: older, root: leafHash(Buffer.from('forged')) }, to, proof)).toBe(false);
    expect(verifyConsistency(from, { size: newer, root: leafHash(Buffer.from('forged')) }, proof)).toBe(older === 0);
  });
  it('is none for a tree that shrank', () =>
    expect(verifyConsistency({ size: 3, root: rootAt(3) }, { size: 2, root: rootAt(2) }, [])).toBe(false));
});
