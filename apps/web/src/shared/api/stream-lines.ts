import type { z } from 'zod';
import { ApiProblem } from './api-problem.js';
import { apiUrl } from './api.js';

/**
 * Reads an NDJSON answer line by line while it comes.
 * @throws ApiProblem where the server says no; the reason where the signal is aborted
 */
export async function* streamLines<S extends z.ZodType>(
  path: string,
  schema: S,
  signal: AbortSignal,
): AsyncGenerator<z.output<S>> {
  const response = await fetch(apiUrl(path), { credentials: 'same-origin', signal });
  if (!response.ok || !response.body) throw await ApiProblem.from(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + part.value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line) yield schema.parse(JSON.parse(line));
  }
}
