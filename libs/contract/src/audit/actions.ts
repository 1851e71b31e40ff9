import { z } from 'zod';

/** Every deed that is put on record. The page has a whole sentence for each action and outcome. */
export const auditActions = [
  'system.setup',
  'system.start',
  'system.stop',
  'session.login',
  'session.logout',
  'session.revoke',
  'session.confirm',
  'login.throttled',
  'user.create',
  'user.update',
  'user.disable',
  'user.enable',
  'user.reset',
  'user.password',
  'user.link_accept',
  'token.create',
  'token.revoke',
  'registry.create',
  'registry.update',
  'registry.remove',
  'registry.check',
  'registry.confirm_realm',
  'credential.create',
  'credential.update',
  'credential.remove',
  'credential.import',
  'vault.rotate',
  'image.pull',
  'image.push',
  'image.tag',
  'operation.join',
  'operation.leave',
  'operation.cancel',
  'audit.export',
  'record.heartbeat',
  'access.denied',
] as const;

export const AuditAction = z.enum(auditActions).meta({ id: 'AuditAction' });
export type AuditAction = z.infer<typeof AuditAction>;
