export const operationErrors = {
  'operation.not_found': { status: 404, title: 'There is no such operation' },
  'operation.ended': { status: 409, title: 'The operation has ended' },
  'operation.not_retryable': { status: 409, title: 'The operation cannot be tried again' },
  'operation.queue_full': { status: 503, title: 'Too many operations are waiting' },
  'operation.silent': { status: 504, title: 'The transfer went silent' },
  'operation.interrupted': { status: 503, title: 'The operation was interrupted' },
  'operation.cancelled': { status: 409, title: 'The operation was cancelled' },
  'operation.children_failed': { status: 502, title: 'Some of the pushes did not succeed' },
} as const;
