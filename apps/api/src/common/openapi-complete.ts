import type { OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header' as const,
  required: false,
  description:
    'The same request with the same key is done once in 24 hours. Passed over where the body may hold a password.',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
};

/** Adds what holds for all routes alike: how one says who one is, that problems are problems, and the key of mutations. */
export function completeDocument(document: OpenAPIObject): OpenAPIObject {
  document.components = { ...document.components, parameters: { IdempotencyKey: idempotencyKey } };
  for (const item of Object.values(document.paths)) {
    for (const method of methods) {
      const operation = item[method];
      if (operation) complete(operation, method !== 'get');
    }
  }
  return document;
}

function complete(operation: Operation, isMutation: boolean): void {
  const read = (name: string): unknown => Reflect.get(operation, name);
  const isOpen = read('x-access') === 'public';
  const isSessionOnly = read('x-session-only') === true || read('x-confirmation') === true;
  operation.security = isOpen ? [] : [{ session: [] }, ...(isSessionOnly ? [] : [{ token: [] }])];
  const { default: problem } = operation.responses;
  if (problem && 'content' in problem && problem.content?.['application/json'])
    problem.content = { 'application/problem+json': problem.content['application/json'] };
  if (isMutation && !isOpen)
    operation.parameters = [...(operation.parameters ?? []), { $ref: '#/components/parameters/IdempotencyKey' }];
}
