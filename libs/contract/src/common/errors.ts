import { z } from 'zod';
import { accessErrors } from '../access/errors.js';
import { auditErrors } from '../audit/errors.js';
import { engineErrors } from '../engines/errors.js';
import { imageErrors } from '../images/errors.js';
import { operationErrors } from '../operations/errors.js';
import { registryErrors } from '../registries/errors.js';
import { ruleErrors } from '../rules/errors.js';

const commonErrors = {
  'request.invalid': { status: 400, title: 'The request does not have the expected form' },
  'request.malformed': { status: 400, title: 'The request cannot be read' },
  'request.too_large': { status: 413, title: 'The request body is too large' },
  'request.unsupported_type': { status: 415, title: 'The request body is not JSON' },
  'route.not_found': { status: 404, title: 'There is nothing at this address' },
  'method.not_allowed': { status: 405, title: 'This address does not take this method' },
  'idempotency.mismatch': { status: 422, title: 'The idempotency key was used with another request' },
  'idempotency.in_progress': { status: 409, title: 'The first request with this idempotency key is still running' },
  'idempotency.not_replayable': {
    status: 409,
    title: 'The answer to this idempotency key held a secret and was not kept',
  },
  'server.error': { status: 500, title: 'Something went wrong in Waybill' },
  'server.stopping': { status: 503, title: 'Waybill is stopping' },
} as const;

/** Every code a problem, an operation's error or an event's error can carry, with the HTTP status it answers with. */
export const errorCodes = {
  ...commonErrors,
  ...accessErrors,
  ...engineErrors,
  ...imageErrors,
  ...registryErrors,
  ...ruleErrors,
  ...operationErrors,
  ...auditErrors,
} as const;

export type ErrorCode = keyof typeof errorCodes;
export const ErrorCode = z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]).meta({ id: 'ErrorCode' });

/** RFC 9457 problem. `detail` says what to do; `errors` names each field of a bad request. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: ErrorCode,
    detail: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    /** Seconds after which another try makes sense. */
    retryAfter: z.int().optional(),
    /** Typed facts that belong to the code, never a secret. */
    extra: z.record(z.string(), z.json()).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

/** The error of an operation or an event: ours to translate (`code`), a sentence, and the other side's own words. */
export const Failure = z
  .object({ code: ErrorCode, message: z.string(), detail: z.string().nullable() })
  .meta({ id: 'Failure' });
export type Failure = z.infer<typeof Failure>;

/** The one class of domain errors. The api's filter turns it into a Problem; an operation keeps it as its Failure. */
export class WaybillError extends Error {
  readonly code: ErrorCode;
  /** The other side's own words, without secrets; shown small. */
  readonly original: string | null;
  readonly retryAfter: number | undefined;
  readonly extra: Record<string, z.infer<ReturnType<typeof z.json>>> | undefined;
  readonly errors: { path: string; message: string }[] | undefined;

  /** @param message a sentence that says what happened and what to do */
  constructor(
    code: ErrorCode,
    message: string,
    options: {
      original?: string | null;
      retryAfter?: number;
      extra?: Record<string, z.infer<ReturnType<typeof z.json>>>;
      errors?: { path: string; message: string }[];
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'WaybillError';
    this.code = code;
    this.original = options.original ?? null;
    this.retryAfter = options.retryAfter;
    this.extra = options.extra;
    this.errors = options.errors;
  }

  get status(): number {
    return errorCodes[this.code].status;
  }

  toFailure(): Failure {
    return { code: this.code, message: this.message, detail: this.original };
  }
}
