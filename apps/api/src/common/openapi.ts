import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { completeDocument } from './openapi-complete.js';
import { version } from './version.js';

interface JsonSchema extends Record<string, unknown> {
  $defs?: Record<string, Record<string, unknown>>;
}

/**
 * The OpenAPI 3.1 document, made from the same zod schemas that validate and serialise.
 * @throws Error where two different schemas carry one name
 */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Waybill')
    .setDescription(
      'A team’s shared door to Docker. Errors are RFC 9457 problems with a stable code; lists page by cursor.',
    )
    .setVersion(version)
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API token: wbt_…' }, 'token')
    .addCookieAuth('waybill_session', { type: 'apiKey', in: 'cookie' }, 'session')
    .build();
  const named = new Map<string, string>();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
    standardSchemaConverter: (schema, { schemaType }) => {
      if (!(schema instanceof z.ZodType)) return undefined;
      const { $schema: _, $defs = {}, id, ...body } = toJson(schema, schemaType === 'input' ? 'input' : 'output');
      const components = Object.fromEntries(Object.entries($defs).map(([name, value]) => [name, relink(value)]));
      const inline = relink(body);
      if (typeof id !== 'string') return { schema: inline, components };
      const name = schemaType === 'input' && differs(schema) ? `${id}Input` : id;
      const text = JSON.stringify(inline);
      if ((named.get(name) ?? text) !== text) throw new Error(`Two schemas are named ${name}.`);
      named.set(name, text);
      return { schema: { $ref: `#/components/schemas/${name}` }, components: { ...components, [name]: inline } };
    },
  });
  return completeDocument(document);
}

function toJson(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, { io, target: 'draft-2020-12', unrepresentable: 'any' }) as JsonSchema;
}

function differs(schema: z.ZodType): boolean {
  return JSON.stringify(toJson(schema, 'input')) !== JSON.stringify(toJson(schema, 'output'));
}

/** zod points at `#/$defs/X`; in the document they stand under components. */
function relink<T>(value: T): T {
  return JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/')) as T;
}
