import { WaybillError, type ErrorCode } from '@waybill/contract';
import type { EngineTarget } from '../host/engine-target.js';
import { errorRules, sentences, type EngineTask } from './rules.js';
import { scrub } from './scrub.js';

export interface FailureContext {
  readonly task: EngineTask;
  /** Whether a login went with it: without one, "unauthorized" means that one is needed. */
  readonly hasLogin?: boolean;
  /** Never to be seen in the words that are kept. */
  readonly secrets?: readonly string[];
}

const speaksToRegistry: readonly EngineTask[] = ['pull', 'push', 'login'];

/**
 * Maps the engine's words (an HTTP answer's `message`, or a stream's `errorDetail`) to a domain error.
 * @param status the HTTP status, or undefined for words out of a 200 stream
 */
export function errorFromWords(words: string, context: FailureContext, status?: number): WaybillError {
  const found = errorRules.find((rule) => (!rule.tasks || rule.tasks.includes(context.task)) && rule.words.test(words));
  const code = found ? found.code : codeFromStatus(context.task, status);
  const original = scrub(words, context.secrets);
  if (found?.lost) return engineLost(original);
  if (code === 'registry.unauthorized' && context.hasLogin === false)
    return domainError('credential.required', { original });
  return domainError(code, { original, ...(found?.sentence ? { sentence: found.sentence } : {}) });
}

function codeFromStatus(task: EngineTask, status: number | undefined): ErrorCode {
  if (status === 404)
    return task === 'image' || task === 'push'
      ? 'image.not_found'
      : task === 'pull'
        ? 'registry.tag_not_found'
        : 'engine.error';
  if (task === 'login' && status === 401) return 'registry.unauthorized';
  if (task === 'image' && status === 409) return 'image.in_use';
  return speaksToRegistry.includes(task) ? 'registry.error' : 'engine.error';
}

function domainError(
  code: ErrorCode,
  options: { original?: string; sentence?: string; cause?: unknown; extra?: Record<string, string[] | boolean> } = {},
): WaybillError {
  const { sentence, ...rest } = options;
  return new WaybillError(code, sentence ?? sentences[code] ?? 'The engine reported an error.', rest);
}

const hostHint = 'If Docker listens elsewhere, set WAYBILL_ENGINE_HOST (it takes the forms of DOCKER_HOST).';

function isTlsCode(code: string | undefined): boolean {
  return /TLS|SSL|CERT|UNABLE_TO_VERIFY/.test(code ?? '');
}

/** What to do where an engine cannot be used, in the order in which it is worth trying. */
export function adviceFor(target: EngineTarget, code?: string): string[] {
  if (target.type === 'tcp') {
    const where = `${target.hostname}:${target.port}`;
    if (isTlsCode(code)) {
      return [
        'Set DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem that belong to this engine.',
        hostHint,
      ];
    }
    return [`Check that the engine listens on ${where} and that no firewall is between.`, hostHint];
  }
  const start = 'Start Docker: sudo systemctl start docker';
  if (code === 'EACCES' || code === 'EPERM') {
    return [
      `Let the user that runs Waybill use ${target.path}: sudo usermod -aG docker USER, then log in again and restart Waybill.`,
      `In a container, add the socket’s group: --group-add $(stat -c %g ${target.path})`,
      hostHint,
    ];
  }
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return ['Install Docker if this machine has none (https://docs.docker.com/engine/install/).', start, hostHint];
  if (code === 'ECONNREFUSED')
    return [
      `The socket is there, but no engine answers. ${start}`,
      'Look at its log: sudo journalctl -u docker -n 50',
      hostHint,
    ];
  return [start, hostHint];
}

/** Maps what went wrong between us and the engine: the socket, the network, TLS, or a connection that broke in an answer. */
export function errorFromConnection(error: unknown, target: EngineTarget): WaybillError {
  if (error instanceof WaybillError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const original = scrub(message || String(error));
  const options = { original, cause: error, extra: { advice: adviceFor(target, code) } };
  if (code === 'EACCES' || code === 'EPERM') return domainError('engine.access_denied', options);
  if (isTlsCode(code)) {
    const sentence = 'The TLS connection to the engine failed. Check the certificates on both sides.';
    return domainError('engine.unreachable', { ...options, sentence });
  }
  if (code === 'ETIMEDOUT') return domainError('engine.timeout', options);
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    return domainError('engine.unreachable', {
      ...options,
      sentence: 'The engine closed the connection. It was stopped or restarted; try again once it is back.',
    });
  }
  return domainError('engine.unreachable', options);
}

/** The connection to the engine broke, or ended without the word that says how it went: nobody told us the outcome. */
export function engineLost(original: string, cause?: unknown): WaybillError {
  return domainError('engine.unreachable', {
    sentence: 'The connection to the engine broke before it said how it ended. Look at what arrived, then try again.',
    original: scrub(original),
    cause,
    extra: { lost: true },
  });
}

/** Whether an operation that ended with this error was told no outcome (it is interrupted, not failed). */
export function isEngineLost(error: unknown): boolean {
  return error instanceof WaybillError && error.extra?.['lost'] === true;
}

export function engineTimeout(seconds: number): WaybillError {
  return domainError('engine.timeout', { original: `no answer within ${seconds} s` });
}

export function engineTooOld(apiVersion: string): WaybillError {
  return domainError('engine.too_old', { original: `API ${apiVersion}` });
}

/** The sentences of advice that an error of the connection carries. */
export function adviceOf(error: WaybillError): string[] {
  const found = error.extra?.['advice'];
  return Array.isArray(found) ? found.filter((line) => typeof line === 'string') : [];
}
