import { HttpCode, SerializeOptions, applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { Problem } from '@waybill/contract';
import type { z } from 'zod';

const problem = ApiResponse({ status: 'default', description: 'A problem (RFC 9457)', standardSchema: Problem });

/** What a route answers with: the schema serialises (what it does not name is left out) and describes the answer. */
export function Answers(schema: z.ZodType | null, status = 200) {
  if (!schema) return applyDecorators(HttpCode(status), ApiResponse({ status, description: 'No content' }), problem);
  return applyDecorators(
    HttpCode(status),
    SerializeOptions({ schema }),
    ApiResponse({ status, description: schema.meta()?.id ?? 'The answer', standardSchema: schema }),
    problem,
  );
}

/** A route that answers with a stream of text, in one of these types. */
export function AnswersStream(...types: [string, ...string[]]) {
  const content = Object.fromEntries(types.map((type) => [type, { schema: { type: 'string' as const } }]));
  return applyDecorators(HttpCode(200), ApiResponse({ status: 200, description: 'A stream', content }), problem);
}
