export const auditErrors = {
  'audit.event_not_found': { status: 404, title: 'There is no such event' },
  'record.unavailable': { status: 503, title: 'The record cannot be written' },
} as const;
