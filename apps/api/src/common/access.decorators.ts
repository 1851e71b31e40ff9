import { SetMetadata, applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { AuditAction, Permission } from '@waybill/contract';

/** What a route or gateway handler declares of its access. A handler without a declaration is refused. */
export interface AccessRule {
  kind: 'public' | 'logged_in' | 'needs';
  /** All of them are needed. */
  permissions: Permission[];
}

export const ACCESS_RULE = 'waybill:access';
export const ACCESS_CONFIRMED = 'waybill:confirmed';
export const ACCESS_SESSION_ONLY = 'waybill:session-only';

const rule = (value: AccessRule) =>
  applyDecorators(
    SetMetadata(ACCESS_RULE, value),
    ApiExtension('x-access', value.kind === 'needs' ? value.permissions : value.kind),
  );

/** Open to everybody, logged in or not. */
export const Public = () => rule({ kind: 'public', permissions: [] });
/** Open to everybody who is logged in: one's own affairs. */
export const LoggedIn = () => rule({ kind: 'logged_in', permissions: [] });
/** Open to those who hold all of these permissions. */
export const Needs = (...permissions: [Permission, ...Permission[]]) => rule({ kind: 'needs', permissions });
/** Asks for a password given in the last ten minutes. Implies a session. */
export const NeedsConfirmation = () =>
  applyDecorators(SetMetadata(ACCESS_CONFIRMED, true), ApiExtension('x-confirmation', true));
/** Not for tokens. */
export const SessionOnly = () =>
  applyDecorators(SetMetadata(ACCESS_SESSION_ONLY, true), ApiExtension('x-session-only', true));

export const ACCESS_DENIED_AS = 'waybill:denied-as';
/** The deed that a denied request would have been, and the field of its body that names the reference. */
export interface DeniedDeed {
  action: AuditAction;
  field: string;
}
/** Puts a denial on record as this action, with the body's reference as its target, instead of as `access.denied`. */
export const DeniedAs = (action: AuditAction, field = 'reference') =>
  SetMetadata(ACCESS_DENIED_AS, { action, field } satisfies DeniedDeed);

export const HOLDS_SECRET = 'waybill:holds-secret';
/** The answer holds a secret that is shown once: it is not kept for an Idempotency-Key. */
export const HoldsSecret = () => SetMetadata(HOLDS_SECRET, true);

export const TAKES_SECRET = 'waybill:takes-secret';
/** The body may hold a password: nothing is kept of it for an Idempotency-Key, not even its hash, for a hash can be guessed at. */
export const TakesSecret = () => SetMetadata(TAKES_SECRET, true);
