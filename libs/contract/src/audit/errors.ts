export const auditErrors = {
  'audit.event_not_found': { status: 404, title: 'There is no such event' },
  'audit.checkpoint_not_found': { status: 404, title: 'There is no such checkpoint' },
  'audit.verifying': { status: 409, title: 'The record is being verified already' },
  'record.unavailable': { status: 503, title: 'The record cannot be written' },
} as const;
