import type { RateLimit } from '@waybill/contract';
import { headerText, type Answer } from './http/registry-http.js';

/** The repository whose HEAD tells the limit and counts as no pull. Source: docs.docker.com, "Pull usage and limits". */
export const rateLimitRepository = 'ratelimitpreview/test';

/** Reads `ratelimit-limit: 100;w=21600` and `ratelimit-remaining: 76;w=21600`; null where there is no limit. */
export function readRateLimit(answer: Answer, at: Date = new Date()): RateLimit | null {
  const limit = counted(headerText(answer, 'ratelimit-limit'));
  const remaining = counted(headerText(answer, 'ratelimit-remaining'));
  if (!limit || !remaining) return null;
  return { limit: limit.count, remaining: remaining.count, windowSeconds: limit.windowSeconds, at: at.toISOString() };
}

function counted(text: string | null): { count: number; windowSeconds: number | null } | null {
  const match = /^\s*(\d{1,9})(?:\s*;\s*w=(\d{1,9}))?/.exec(text ?? '');
  if (!match) return null;
  return { count: Number(match[1]), windowSeconds: match[2] === undefined ? null : Number(match[2]) };
}
