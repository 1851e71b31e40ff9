import type { AuditDraft } from '@waybill/contract';

/** A deed for tests: a person's login, unless said otherwise. */
export const draft = (over: Partial<AuditDraft> = {}): AuditDraft => ({
  actor: { type: 'user', id: '01990000-0000-7000-8000-00000000000a' },
  via: { door: 'browser', authMethod: 'session', tokenId: null, requestId: null },
  action: 'session.login',
  engine: null,
  target: null,
  subject: null,
  operationId: null,
  intentSeq: null,
  phase: 'outcome',
  outcome: 'succeeded',
  error: null,
  durationMs: null,
  details: {},
  personal: { actorName: 'Ada', ip: '10.0.0.1', userAgent: null },
  ...over,
});
