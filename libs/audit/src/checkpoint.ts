import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';

/** A checkpoint's content. Source: C2SP tlog-checkpoint. */
export interface Checkpoint {
  /** Names the log; it stays the same as long as the log goes on. */
  origin: string;
  size: number;
  root: Buffer;
}

/** A checkpoint that cannot be read or whose signature does not hold. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

const algorithm = Buffer.from([1]);

/** A key that signs checkpoints: Ed25519. Source: C2SP signed-note. */
export class SigningKey {
  private constructor(
    readonly name: string,
    private readonly secret: KeyObject,
  ) {}

  static generate(name: string): SigningKey {
    return new SigningKey(name, generateKeyPairSync('ed25519').privateKey);
  }

  /** @param pem PKCS #8 */
  static fromPem(name: string, pem: string): SigningKey {
    const secret = createPrivateKey(pem);
    if (secret.asymmetricKeyType !== 'ed25519') throw new CheckpointError('The key is not an Ed25519 key.');
    return new SigningKey(name, secret);
  }

  toPem(): string {
    return this.secret.export({ type: 'pkcs8', format: 'pem' }).toString();
  }

  get verifier(): VerifierKey {
    return new VerifierKey(this.name, createPublicKey(this.secret));
  }

  /** The signed note: content, an empty line, and the signature's line. */
  sign(checkpoint: Checkpoint): string {
    const text = textOf(checkpoint);
    const signature = sign(null, Buffer.from(text), this.secret);
    const stamped = Buffer.concat([this.verifier.id, signature]).toString('base64');
    return `${text}\n— ${this.name} ${stamped}\n`;
  }
}

/** The public half, as it is given to those who verify: `name+id+base64`. */
export class VerifierKey {
  constructor(
    readonly name: string,
    private readonly key: KeyObject,
  ) {}

  /** @throws CheckpointError */
  static parse(text: string): VerifierKey {
    const [, name = '', id = '', body = ''] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text.trim()) ?? [];
    const bytes = Buffer.from(body, 'base64');
    if (!name || bytes.length !== 33 || bytes[0] !== 1)
      throw new CheckpointError('This is not a verifier key (name+id+key).');
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.subarray(1).toString('base64url') };
    const key = new VerifierKey(name, createPublicKey({ key: jwk, format: 'jwk' }));
    if (key.id.toString('hex') !== id) throw new CheckpointError('The verifier key’s id does not belong to its key.');
    return key;
  }

  get id(): Buffer {
    return createHash('sha256').update(`${this.name}\n`).update(algorithm).update(this.raw).digest().subarray(0, 4);
  }

  toString(): string {
    return `${this.name}+${this.id.toString('hex')}+${Buffer.concat([algorithm, this.raw]).toString('base64')}`;
  }

  /** Reads a signed note and answers with its content. @throws CheckpointError where no signature by this key holds */
  open(note: string): Checkpoint {
    const end = note.lastIndexOf('\n\n');
    if (end < 0) throw new CheckpointError('The checkpoint has no signature.');
    const text = note.slice(0, end + 1);
    const held = note
      .slice(end + 2)
      .split('\n')
      .some((line) => this.signed(line, text));
    if (!held) throw new CheckpointError(`No signature of ${this.name} holds.`);
    return parseText(text);
  }

  private signed(line: string, text: string): boolean {
    const [, name, body = ''] = /^— (\S+) (\S+)$/.exec(line) ?? [];
    const bytes = Buffer.from(body, 'base64');
    return (
      name === this.name &&
      bytes.subarray(0, 4).equals(this.id) &&
      verify(null, Buffer.from(text), this.key, bytes.subarray(4))
    );
  }

  private get raw(): Buffer {
    return Buffer.from(this.key.export({ format: 'jwk' }).x ?? '', 'base64url');
  }
}

function textOf({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

function parseText(text: string): Checkpoint {
  const [origin = '', size = '', root = ''] = text.split('\n');
  const bytes = Buffer.from(root, 'base64');
  if (!origin || !/^(0|[1-9]\d{0,15})$/.test(size) || bytes.length !== 32)
    throw new CheckpointError('The checkpoint cannot be read.');
  return { origin, size: Number(size), root: bytes };
}
