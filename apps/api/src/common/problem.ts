import { HttpException } from '@nestjs/common';
import { WaybillError, errorCodes, type ErrorCode, type Problem } from '@waybill/contract';
import { z } from 'zod';

const sentences: Partial<Record<ErrorCode, string>> = {
  'route.not_found': 'Look the address up in /api/docs.',
  'method.not_allowed': 'Look the methods of this address up in /api/docs.',
  'request.malformed': 'Send well-formed JSON in UTF-8, and percent-encode each part of the path once.',
  'request.too_large': 'Send at most 1 MiB of JSON.',
  'request.unsupported_type': 'Send the body as application/json.',
  'server.error': 'Try again; if it happens again, give the request id to whoever runs Waybill.',
};

/** An ISO-named problem for a code. `detail` falls back to the code's own sentence. */
export function problemOf(code: ErrorCode, requestId: string, detail?: string, more: Partial<Problem> = {}): Problem {
  const { status, title } = errorCodes[code];
  return {
    type: `urn:waybill:problem:${code}`,
    title,
    status,
    code,
    detail: detail ?? sentences[code] ?? `${title}.`,
    requestId,
    ...more,
  };
}

/** Any thrown value as a Problem. What is not ours to explain is `server.error`, without its message. */
export function toProblem(error: unknown, requestId: string): Problem {
  if (error instanceof WaybillError) {
    return problemOf(error.code, requestId, error.message, {
      ...(error.errors ? { errors: error.errors } : {}),
      ...(error.retryAfter !== undefined ? { retryAfter: error.retryAfter } : {}),
      ...(error.extra ? { extra: error.extra } : {}),
    });
  }
  const status = statusOf(error);
  return problemOf(
    byStatus[status] ?? (status >= 400 && status < 500 ? 'request.malformed' : 'server.error'),
    requestId,
  );
}

const byStatus: Record<number, ErrorCode> = {
  404: 'route.not_found',
  405: 'method.not_allowed',
  413: 'request.too_large',
  414: 'request.too_large',
  415: 'request.unsupported_type',
  431: 'request.too_large',
};

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  if (typeof error === 'object' && error && 'statusCode' in error && typeof error.statusCode === 'number')
    return error.statusCode;
  return 500;
}

/** The issues of a schema as a WaybillError that names each field. */
export function invalidRequest(
  issues: readonly { message: string; path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined }[],
): WaybillError {
  const errors = issues.slice(0, 20).map((issue) => ({
    path: (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
    message: issue.message,
  }));
  const named = errors.map((one) => (one.path ? `${one.path}: ${one.message}` : one.message)).join('; ');
  return new WaybillError('request.invalid', `Correct what is named and send the request again. ${named}`, { errors });
}

/** Parses with a schema, throwing as the validation pipe does. */
export function parseWith<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const read = schema.safeParse(value);
  if (!read.success) throw invalidRequest(read.error.issues);
  return read.data;
}
