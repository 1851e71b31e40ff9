import { describe, expect, it } from '@jest/globals';
import { CheckpointError, SigningKey, VerifierKey } from './checkpoint.js';
import { GrowingTree } from './merkle.js';

const key = SigningKey.generate('waybill.example/record');
const checkpoint = { origin: 'waybill.example/record', size: 12_408, root: GrowingTree.empty().root() };

describe('a signed checkpoint', () => {
  it('is a note of three lines, an empty one, and a signature', () => {
    expect(key.sign(checkpoint)).toMatch(
      /^waybill\.example\/record\n12408\n47DEQpj8HBSa\+\/TImW\+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— waybill\.example\/record \S+\n$/,
    );
  });

  it('opens with the verifier key as text, and with no other', () => {
    const note = key.sign(checkpoint);
    expect(VerifierKey.parse(key.verifier.toString()).open(note)).toEqual(checkpoint);
    expect(() => SigningKey.generate('waybill.example/record').verifier.open(note)).toThrow(CheckpointError);
  });

  it.each([
    ['another size', (note: string) => note.replace('12408', '12409')],
    ['another origin', (note: string) => note.replace('waybill.example/record\n', 'other\n')],
    ['a line more', (note: string) => note.replace('12408\n', '12408\nextra\n')],
    ['no signature', (note: string) => note.slice(0, note.indexOf('\n\n'))],
  ])('with %s does not hold', (_, change) => {
    expect(() => key.verifier.open(change(key.sign(checkpoint)))).toThrow(CheckpointError);
  });

  it('may carry the signatures of witnesses beside it', () => {
    const witness = SigningKey.generate('witness.example');
    const [, theirs = ''] = witness.sign(checkpoint).split('\n\n');
    expect(key.verifier.open(key.sign(checkpoint) + theirs)).toEqual(checkpoint);
    expect(witness.verifier.open(key.sign(checkpoint) + theirs)).toEqual(checkpoint);
  });
});

describe('keys', () => {
  it('survive being written down', () => {
    const again = SigningKey.fromPem(key.name, key.toPem());
    expect(again.verifier.toString()).toBe(key.verifier.toString());
  });
  it('refuse an id that is not theirs', () => {
    const text = key.verifier.toString().replace(/\+[0-9a-f]{8}\+/, '+00000000+');
    expect(() => VerifierKey.parse(text)).toThrow('id does not belong');
  });
});
