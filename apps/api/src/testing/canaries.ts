/** Secrets that nobody may meet again, by what they are. */
export class Canaries {
  readonly secrets = new Map<string, string>();

  constructor(secrets: Record<string, string> = {}) {
    for (const [what, secret] of Object.entries(secrets)) this.add(what, secret);
  }

  add(what: string, secret: string): string {
    if (secret.length < 12) throw new Error(`The canary ${what} is too short to be told from chance.`);
    this.secrets.set(what, secret);
    return secret;
  }

  get(what: string): string {
    const secret = this.secrets.get(what);
    if (secret === undefined) throw new Error(`There is no canary ${what}.`);
    return secret;
  }

  /** What stands in these bytes, in whatever form, by name. */
  foundIn(where: Buffer | string): string[] {
    const bytes = typeof where === 'string' ? Buffer.from(where) : where;
    return [...this.secrets]
      .filter(([, secret]) => formsOf(secret).some((form) => bytes.includes(form)))
      .map(([what]) => what);
  }
}

/** A secret as it is, and as JSON, an address, a header or a login would write it. */
function formsOf(secret: string): string[] {
  const inner = (text: string, cut: number) => Buffer.from(text).toString('base64').slice(cut).replace(/.?=*$/, '');
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64url'),
    Buffer.from(secret).toString('hex'),
    // Base64 depends on what stands before: the middle of each of the three ways.
    inner(secret, 0),
    inner(`.${secret}`, 2),
    inner(`..${secret}`, 3),
  ];
}
