import { execFile } from 'node:child_process';
import { X509Certificate, createPrivateKey, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { promisify } from 'node:util';
import { SignJWT } from 'jose';
import { requireProgram } from '../parts.js';
import { listenOnLoopback } from '../ports.js';

const run = promisify(execFile);

export interface RegistryUser {
  readonly name: string;
  readonly password: string;
}

/** One request that the token server saw, for tests. Passwords are not kept. */
export interface TokenRequest {
  readonly user: string | undefined;
  readonly accepted: boolean;
  readonly service: string | undefined;
  readonly scopes: readonly string[];
}

export interface TokenServer {
  /** The Bearer realm, e.g. `http://127.0.0.1:PORT/token`. */
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  readonly requests: readonly TokenRequest[];
  stop(): Promise<void>;
}

export interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** `repository:a/b:pull,push` as access; a name may hold colons (a registry's port). Undefined for what is no scope. */
export function parseScope(scope: string): Access | undefined {
  const found = /^([a-z0-9]+(?:\([a-z0-9]+\))?):(.+):([a-z*,]*)$/.exec(scope);
  if (!found) return undefined;
  const [, type = '', name = '', actions = ''] = found;
  return { type, name, actions: actions.split(',').filter(Boolean) };
}

/** Name and password of an Authorization header of Basic kind, in UTF-8; the password may hold colons. */
export function parseBasic(header: string | undefined): RegistryUser | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+)$/i.exec(header ?? '')?.[1];
  if (!encoded) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** A self-made certificate and its key; made once for a folder. */
async function ensureCertificate(files: { certificate: string; key: string }): Promise<void> {
  if (existsSync(files.certificate) && existsSync(files.key)) return;
  const subject = ['-subj', '/CN=waybill token server', '-days', '3650'];
  const out = ['-keyout', files.key, '-out', files.certificate];
  await run(requireProgram('openssl', 'openssl'), [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    ...subject,
    ...out,
  ]);
}

/**
 * The authorization server of the registry's token scheme (distribution/docs/spec/auth/token.md, jwt.md): checks Basic
 * credentials and issues JWTs (RS256, `x5c`, which the registry checks against its rootcertbundle) for what was asked.
 * Without credentials only `pull` is given, and only with `anonymousPull`; a wrong password is 401.
 */
export async function startTokenServer(options: {
  files: { certificate: string; key: string };
  users: readonly RegistryUser[];
  service: string;
  anonymousPull: boolean;
  port?: number;
}): Promise<TokenServer> {
  await ensureCertificate(options.files);
  const key = createPrivateKey(await readFile(options.files.key));
  const certificate = new X509Certificate(await readFile(options.files.certificate)).raw.toString('base64');
  const issuer = 'waybill-world';
  const requests: TokenRequest[] = [];

  const issue = (subject: string, access: readonly Access[]): Promise<string> =>
    new SignJWT({ access })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', x5c: [certificate] })
      .setIssuer(issuer)
      .setSubject(subject)
      .setAudience(options.service)
      .setIssuedAt()
      .setNotBefore('-10s')
      .setExpirationTime('5m')
      .setJti(randomUUID())
      .sign(key);

  const answer = async (incoming: IncomingMessage): Promise<{ status: number; body: unknown }> => {
    const { user, query } = await readRequest(incoming);
    const known = options.users.some((one) => one.name === user?.name && one.password === user.password);
    const scopes = query
      .getAll('scope')
      .flatMap((value) => value.split(' '))
      .filter(Boolean);
    const accepted = user ? known : options.anonymousPull;
    requests.push({ user: user?.name, accepted, service: query.get('service') ?? undefined, scopes });
    if (!accepted)
      return { status: 401, body: { errors: [{ code: 'UNAUTHORIZED', message: 'incorrect username or password' }] } };
    const access = scopes.flatMap((scope) => parseScope(scope) ?? []);
    const granted = user ? access : access.map((one) => ({ ...one, actions: one.actions.filter((a) => a === 'pull') }));
    const token = await issue(user?.name ?? '', granted);
    return { status: 200, body: { token, access_token: token, expires_in: 300, issued_at: new Date().toISOString() } };
  };

  const server = createServer((incoming, outgoing) => {
    answer(incoming).then(
      ({ status, body }) => {
        const challenge = status === 401 ? { 'www-authenticate': 'Basic realm="waybill"' } : {};
        outgoing.writeHead(status, { 'content-type': 'application/json', ...challenge }).end(JSON.stringify(body));
      },
      () => outgoing.writeHead(500).end(),
    );
  });
  const port = await listenOnLoopback(server, options.port);
  return {
    realm: `http://127.0.0.1:${port}/token`,
    service: options.service,
    issuer,
    requests,
    stop: () => closeServer(server),
  };
}

/** Credentials come as Basic of a GET, or (OAuth2 form of the scheme) in the body of a POST. */
async function readRequest(incoming: IncomingMessage): Promise<{ user?: RegistryUser; query: URLSearchParams }> {
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  if (incoming.method !== 'POST') return { user: parseBasic(incoming.headers.authorization), query: url.searchParams };
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const query = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
  const name = query.get('username');
  const password = query.get('password');
  return { user: name !== null && password !== null ? { name, password } : undefined, query };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
