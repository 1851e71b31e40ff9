import { request, type IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

export interface EngineCall {
  readonly socketPath: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  /** Path with query, e.g. `/images/json`; no version in front means the engine's newest. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readable | Buffer | string;
  readonly signal?: AbortSignal;
}

export interface EngineAnswer {
  readonly status: number;
  readonly text: string;
  /** The body as JSON. @throws SyntaxError when it is none */
  json(): unknown;
  /** The body as one JSON value for each line (build, pull, push). */
  lines(): Record<string, unknown>[];
}

/** One call to an engine's socket, for set-up and tests. Any status is an answer; only a broken connection throws. */
export async function engineCall(call: EngineCall): Promise<EngineAnswer> {
  const response = await open(call);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return {
    status: response.statusCode ?? 0,
    text,
    json: () => JSON.parse(text) as unknown,
    lines: () => parseLines(text),
  };
}

/** Like engineCall, for calls that must work. @throws Error with the engine's own words, an `error` line of a stream included */
export async function engineMust(call: EngineCall): Promise<EngineAnswer> {
  const answer = await engineCall(call);
  const words = answer.status >= 400 ? answer.text.trim() : errorIn(answer.text);
  if (words) throw new Error(`${call.method ?? 'GET'} ${call.path} failed: ${words}`);
  return answer;
}

/** Splits a stream of JSON lines; lines that are no JSON are left out. */
export function parseLines(text: string): Record<string, unknown>[] {
  return text.split('\n').flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === 'object' && value !== null ? [{ ...value }] : [];
    } catch {
      return [];
    }
  });
}

function errorIn(text: string): string | undefined {
  if (!text.includes('"error')) return undefined;
  for (const line of parseLines(text)) if (typeof line['error'] === 'string') return line['error'];
  return undefined;
}

function open(call: EngineCall): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        socketPath: call.socketPath,
        method: call.method ?? 'GET',
        path: call.path,
        headers: call.headers,
        agent: false,
        signal: call.signal,
      },
      resolve,
    );
    outgoing.once('error', reject);
    const { body } = call;
    if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) outgoing.end(body);
    else {
      body.once('error', (error) => outgoing.destroy(error));
      body.pipe(outgoing);
    }
  });
}
