import { Problem, type ErrorCode } from '@waybill/contract';

/** What the server said no with, or why it could not be asked (`code` null: the line is broken or the answer unreadable). */
export class ApiProblem extends Error {
  readonly code: ErrorCode | null;
  readonly status: number;
  /** The server's own sentence, in English. */
  readonly detail: string;
  readonly requestId: string | null;
  readonly fields: readonly { path: string; message: string }[];
  /** Seconds. */
  readonly retryAfter: number | null;
  readonly extra: NonNullable<Problem['extra']>;

  constructor(problem: Partial<Problem> & { status: number }) {
    super(problem.title ?? problem.detail ?? `HTTP ${problem.status}`);
    this.name = 'ApiProblem';
    this.code = problem.code ?? null;
    this.status = problem.status;
    this.detail = problem.detail ?? '';
    this.requestId = problem.requestId ?? null;
    this.fields = problem.errors ?? [];
    this.retryAfter = problem.retryAfter ?? null;
    this.extra = problem.extra ?? {};
  }

  /** Reads an answer that is not 2xx; whatever is not a problem of ours keeps its status alone. */
  static async from(response: Response): Promise<ApiProblem> {
    const body: unknown = await response.json().catch(() => null);
    const problem = Problem.safeParse(body);
    if (problem.success) return new ApiProblem(problem.data);
    return new ApiProblem({ status: response.status, requestId: response.headers.get('x-request-id') ?? undefined });
  }
}

export function isProblem(error: unknown, code?: ErrorCode): error is ApiProblem {
  return error instanceof ApiProblem && (code === undefined || error.code === code);
}
