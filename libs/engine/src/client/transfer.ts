import { WaybillError, familiarName, parseReference, withDefaultTag } from '@waybill/contract';
import { errorFromWords, type FailureContext } from '../errors/errors.js';
import { scrub } from '../errors/scrub.js';
import { decodeJsonLines } from '../stream/json-lines.js';
import { toEngineLine, type EngineLine } from '../stream/engine-line.js';

/** A login as the engine takes it. `serveraddress` is the registry's, the Hub's `https://index.docker.io/v1/`. */
export type EngineLogin =
  | { readonly username: string; readonly password: string; readonly serveraddress: string }
  | { readonly identitytoken: string; readonly serveraddress: string };

export interface TransferRequest {
  /** As people type it; `latest` is put where a pull says neither tag nor digest. */
  readonly reference: string;
  /** Null or missing: anonymous. */
  readonly auth?: EngineLogin | null | undefined;
  /** See operationUserAgent; a registry's notice is matched to the operation by it. */
  readonly userAgent?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PullTransfer extends TransferRequest {
  /** `os/arch[/variant]` */
  readonly platform?: string | null | undefined;
}

/** The User-Agent that carries an operation to the registry's log and notices. */
export function operationUserAgent(version: string, operationId: string): string {
  return `waybill/${version} (op ${operationId})`;
}

/**
 * X-Registry-Auth: base64url of JSON in UTF-8, padded: engines take an unpadded one for none and go on anonymously. An anonymous `{}` is
 * sent too: 20.10 refuses a push without the header.
 */
export function registryAuthHeader(login: EngineLogin | null | undefined): string {
  const encoded = Buffer.from(JSON.stringify(login ?? {}), 'utf8').toString('base64url');
  return encoded.padEnd(Math.ceil(encoded.length / 4) * 4, '=');
}

/** @throws WaybillError `reference.invalid` */
export function pullPath({ reference, platform }: PullTransfer): string {
  const wanted = withDefaultTag(parseReference(reference));
  const query = new URLSearchParams({ fromImage: familiarName(wanted), tag: wanted.digest ?? wanted.tag ?? 'latest' });
  if (platform) query.set('platform', platform);
  return `/images/create?${query.toString()}`;
}

/** @throws WaybillError `reference.invalid`, `reference.tag_required` for a digest or no tag: without one the engine pushes every tag */
export function pushPath({ reference }: TransferRequest): string {
  const wanted = parseReference(reference);
  if (!wanted.tag || wanted.digest)
    throw new WaybillError('reference.tag_required', 'Say the tag to push, as in name:tag.');
  return `/images/${familiarName(wanted)}/push?${new URLSearchParams({ tag: wanted.tag }).toString()}`;
}

export function failureContext(task: 'pull' | 'push', auth: EngineLogin | null | undefined): FailureContext {
  const secrets = !auth ? [] : 'password' in auth ? [auth.password] : [auth.identitytoken];
  return { task, hasLogin: Boolean(auth), secrets };
}

/** Whether a line is the word that a transfer ended well: a push' digest, a pull's closing status. */
function concludes(task: FailureContext['task'], { id, status = '', aux }: EngineLine): boolean {
  if (id !== undefined) return false;
  return task === 'push'
    ? aux?.digest !== undefined || /: digest: \S+ size: \d+$/.test(status)
    : status.startsWith('Status: ');
}

/**
 * Yields every line of a transfer, a failing one too, and then throws what it says.
 * @returns whether the engine said that it ended well
 * @throws WaybillError out of the line with `error` or `errorDetail`
 */
export async function* transferLines(
  body: AsyncIterable<Uint8Array>,
  context: FailureContext,
): AsyncGenerator<EngineLine, boolean, undefined> {
  let concluded = false;
  for await (const raw of decodeJsonLines(body)) {
    const line = toEngineLine(raw);
    if (line.error !== undefined) {
      yield { ...line, error: scrub(line.error, context.secrets) };
      throw errorFromWords(line.error, context);
    }
    concluded ||= concludes(context.task, line);
    yield line;
  }
  return concluded;
}
