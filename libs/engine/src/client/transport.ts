import { request as plainRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { WaybillError } from '@waybill/contract';
import { engineTimeout, errorFromConnection } from '../errors/errors.js';
import type { EngineTarget } from '../host/engine-target.js';

export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'HEAD';
  /** With the version in front and the query behind. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
}

const maxAnswerBytes = 64 * 1024 * 1024;
const connectTimeoutMs = 30_000;

/** The options that reach a target: the one place that knows how an address becomes a connection. */
function connectionOptions(
  target: EngineTarget,
  call: EngineRequest,
): RequestOptions & { rejectUnauthorized?: boolean } {
  const common = { method: call.method, agent: false as const, signal: call.signal };
  const headers = {
    ...call.headers,
    ...(call.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(call.body)) }),
  };
  if (target.type === 'socket')
    return { ...common, headers: { host: 'docker', ...headers }, socketPath: target.path, path: call.path };
  const { ca, cert, key, verify } = target.tls ?? {};
  return {
    ...common,
    headers,
    hostname: target.hostname,
    port: target.port,
    path: target.basePath + call.path,
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
    rejectUnauthorized: verify !== false,
  };
}

/**
 * Opens a call and resolves with the engine's answer as soon as its headers are there; the body is the caller's to read or to
 * destroy. An aborted signal closes the connection, which cancels a pull or a push at the engine.
 * @throws WaybillError `engine.unreachable`, `engine.access_denied`, `engine.timeout`; the signal's reason once aborted
 */
export function openCall(target: EngineTarget, call: EngineRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    call.signal?.throwIfAborted();
    const send = target.type === 'tcp' && target.protocol === 'https:' ? tlsRequest : plainRequest;
    const outgoing = send(connectionOptions(target, call), resolve);
    const fail = (error: unknown) =>
      reject(call.signal?.aborted ? call.signal.reason : errorFromConnection(error, target));
    const timer = setTimeout(() => outgoing.destroy(engineTimeout(connectTimeoutMs / 1000)), connectTimeoutMs);
    outgoing.once('socket', (socket) => {
      socket.setKeepAlive(true, 30_000);
      socket.once(target.type === 'tcp' && target.protocol === 'https:' ? 'secureConnect' : 'connect', () =>
        clearTimeout(timer),
      );
    });
    outgoing.once('close', () => clearTimeout(timer));
    // Stays for the whole life of the request: a connection that breaks after the headers is told by the answer's body.
    outgoing.on('error', fail);
    outgoing.end(call.body);
  });
}

/**
 * Makes a call and reads the whole answer.
 * @throws WaybillError as openCall, `engine.timeout` after `timeoutMs`, `engine.error` for an answer beyond 64 MiB
 */
export async function wholeCall(
  target: EngineTarget,
  call: EngineRequest,
  timeoutMs: number,
): Promise<{ status: number; headers: IncomingMessage['headers']; text: string }> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = call.signal ? AbortSignal.any([call.signal, timeout]) : timeout;
  try {
    const answer = await openCall(target, { ...call, signal });
    return { status: answer.statusCode ?? 0, headers: answer.headers, text: await readText(answer) };
  } catch (error) {
    if (timeout.aborted && !call.signal?.aborted) throw engineTimeout(timeoutMs / 1000);
    if (call.signal?.aborted) throw call.signal.reason;
    throw errorFromConnection(error, target);
  }
}

/** Reads a body to its end, within the bound. */
export async function readText(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxAnswerBytes) {
      throw new WaybillError(
        'engine.error',
        `The engine’s answer is longer than ${maxAnswerBytes} bytes, which is refused.`,
      );
    }
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}
