import { errorCodes, type ErrorCode, type Failure } from '@waybill/contract';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { useI18n } from 'vue-i18n';
import { ApiProblem } from '../api/api-problem.js';
import { codeKey } from '../format/code-key.js';

/** What happened, why, and what to do, in the reader's language; the server's own words and the codes apart. */
export interface ShownProblem {
  title: string;
  advice: string;
  /** The other side's own words, untranslated. */
  detail: string | null;
  code: string;
  requestId: string | null;
  retryAfter: number | null;
  fields: readonly { path: string; message: string }[];
}

function isFailure(cause: unknown): cause is Failure {
  return (
    typeof cause === 'object' &&
    cause !== null &&
    'code' in cause &&
    String(cause.code) in errorCodes &&
    'message' in cause
  );
}

/** Puts an error of any kind into words: a problem of the API, an operation's failure, a broken line. */
export function useProblem(cause: MaybeRefOrGetter<unknown>) {
  const { t, locale } = useI18n();
  return computed<ShownProblem>(() => {
    const error = toValue(cause);
    const problem = error instanceof ApiProblem ? error : null;
    const code: ErrorCode | null = problem ? problem.code : isFailure(error) ? error.code : null;
    const key = code ? codeKey(code) : problem?.status === 0 ? 'offline' : 'unknown';
    return {
      title: t(`error.${key}.title`),
      // The server's own sentence knows more than ours, but speaks English only.
      advice: (locale.value === 'en' && problem?.detail) || t(`error.${key}.advice`),
      detail: !problem && isFailure(error) ? error.detail : null,
      code: code ?? (problem?.status ? `HTTP ${problem.status}` : key),
      requestId: problem?.requestId ?? null,
      retryAfter: problem?.retryAfter ?? null,
      fields: problem?.fields ?? [],
    };
  });
}
