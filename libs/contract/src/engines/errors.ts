export const engineErrors = {
  'engine.not_found': { status: 404, title: 'There is no such engine' },
  'engine.unreachable': { status: 503, title: 'The engine cannot be reached' },
  'engine.access_denied': { status: 503, title: 'Waybill may not use the engine’s socket' },
  'engine.timeout': { status: 504, title: 'The engine does not answer' },
  'engine.too_old': { status: 503, title: 'The engine is too old' },
  'engine.disk_full': { status: 507, title: 'The engine’s disk is full' },
  'engine.error': { status: 502, title: 'The engine reported an error' },
} as const;
