import { WaybillError } from '@waybill/contract';

export interface CredentialText {
  username: string;
  secret: string;
}

/** @throws WaybillError request.invalid for a name that no registry could be told. Source: RFC 7617, section 2 */
export function requireUsername(username: string): void {
  if (/[:\p{Cc}]/u.test(username)) throw invalid('username', 'A user name holds no colon and no control character.');
}

/**
 * The login of a request, null where it has none.
 * @throws WaybillError credential.secret_required, request.invalid
 */
export function loginIn({
  username,
  secret,
}: {
  username?: string | undefined;
  secret?: string | undefined;
}): CredentialText | null {
  if (!username && !secret) return null;
  if (!username) throw invalid('username', 'A password needs its user name.');
  if (!secret)
    throw new WaybillError('credential.secret_required', 'Enter the password that belongs to this user name.');
  requireUsername(username);
  return { username, secret };
}

function invalid(path: string, message: string): WaybillError {
  return new WaybillError('request.invalid', message, { errors: [{ path, message }] });
}
