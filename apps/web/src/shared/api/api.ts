import type { z } from 'zod';
import { ApiProblem } from './api-problem.js';

type QueryValue = string | number | boolean | null | undefined | readonly (string | number)[];
export type Query = Record<string, QueryValue>;

export interface CallOptions {
  query?: Query;
  signal?: AbortSignal;
  /** Sends an Idempotency-Key, so that a repeated try is the same deed; hand in one that was made before to repeat it. */
  idempotencyKey?: string | true;
}

type Answer<S extends z.ZodType | null> = S extends z.ZodType ? z.output<S> : void;
/** Of an answer in an unknown form the first faults are shown. */
const mostIssues = 5;
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

let onUnauthorized: () => void = () => undefined;

/** Called when the server no longer knows the session. */
export function whenUnauthorized(handler: () => void): void {
  onUnauthorized = handler;
}

/** `/api/v1` in front, arrays repeated, what is null, undefined or an empty text left out. */
export function apiUrl(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') search.append(name, String(one));
    }
  }
  const text = search.toString();
  return `/api/v1${path}${text ? `?${text}` : ''}`;
}

/** A random UUID; `crypto.randomUUID` is missing on plain http. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function call<S extends z.ZodType | null>(
  method: Method,
  path: string,
  schema: S,
  body: unknown,
  { query, signal, idempotencyKey }: CallOptions = {},
): Promise<Answer<S>> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (idempotencyKey) headers['idempotency-key'] = idempotencyKey === true ? newKey() : idempotencyKey;

  const response = await fetch(apiUrl(path, query), {
    method,
    headers,
    credentials: 'same-origin',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiProblem({ status: 0 });
  });
  if (!response.ok) {
    const problem = await ApiProblem.from(response);
    if (problem.code === 'auth.required') onUnauthorized();
    throw problem;
  }
  if (!schema) return undefined as Answer<S>;
  const parsed = schema.safeParse(await response.json().catch(() => null));
  if (!parsed.success) {
    throw new ApiProblem({
      status: response.status,
      requestId: response.headers.get('x-request-id') ?? undefined,
      errors: parsed.error.issues
        .slice(0, mostIssues)
        .map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
    });
  }
  return parsed.data as Answer<S>;
}

/**
 * The one way to the REST API. `schema` reads the answer (null where there is none).
 * @throws ApiProblem where the server says no, can't be reached, or answers in an unknown form
 */
export const api = {
  get: <S extends z.ZodType | null>(path: string, schema: S, options?: CallOptions) =>
    call('GET', path, schema, undefined, options),
  post: <S extends z.ZodType | null>(path: string, schema: S, body?: unknown, options?: CallOptions) =>
    call('POST', path, schema, body, options),
  patch: <S extends z.ZodType | null>(path: string, schema: S, body: unknown, options?: CallOptions) =>
    call('PATCH', path, schema, body, options),
  del: <S extends z.ZodType | null>(path: string, schema: S, options?: CallOptions) =>
    call('DELETE', path, schema, undefined, options),
};
