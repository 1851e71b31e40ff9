import { WaybillError, type ErrorCode } from '@waybill/contract';

const notTls = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'EPROTO',
  'ERR_SSL_HTTP_REQUEST',
]);
const timeouts = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
const broken = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH']);
const certificates: Record<string, string> = {
  CERT_HAS_EXPIRED: 'It has expired.',
  CERT_NOT_YET_VALID: 'It is not valid yet; compare the clocks.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'It was issued for another host name.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'It is signed by itself.',
  SELF_SIGNED_CERT_IN_CHAIN: 'Its authority is not known here.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'Its authority is not known here.',
  UNABLE_TO_GET_ISSUER_CERT: 'Its authority is not known here.',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'Its authority is not known here.',
};

/** What undici, node:net, node:tls and node:dns throw, as one of ours. `host` is shown; nothing else of the request is. */
export function connectionFailure(error: unknown, host: string): WaybillError {
  const known = causes(error).find((one) => one instanceof WaybillError);
  if (known) return known;
  const codes = causes(error)
    .map(codeOf)
    .filter((code) => code !== '');
  const has = (set: Set<string>) => codes.find((code) => set.has(code));
  const make = (code: ErrorCode, message: string) => new WaybillError(code, message, { original: codes[0] ?? null });

  if (codes.includes('ENOTFOUND'))
    return make(
      'registry.host_not_found',
      `The host name “${host}” is not known. Look for a typing mistake, or at this server’s name service.`,
    );
  if (codes.includes('EAI_AGAIN')) {
    return make(
      'registry.host_not_found',
      `The host name “${host}” cannot be looked up at the moment. Look at this server’s name service.`,
    );
  }
  const certificate = codes.find((code) => code in certificates || /^(?:CERT_|ERR_TLS_CERT_)/.test(code));
  if (certificate) {
    const why = certificates[certificate] ?? '';
    const advice = 'Give Waybill its authority with NODE_EXTRA_CA_CERTS, and the engine in /etc/docker/certs.d.';
    return make(
      'registry.certificate',
      `The certificate of “${host}” is not trusted. ${why} ${advice}`.replace('  ', ' '),
    );
  }
  if (has(notTls))
    return make(
      'registry.not_a_registry',
      `“${host}” does not speak TLS there. If it is plain http, mark the registry so.`,
    );
  if (has(timeouts) || isAbort(error))
    return make('registry.timeout', `“${host}” does not answer. Try again, or look at its network.`);
  if (has(broken)) return make('registry.connection_lost', `The connection to “${host}” broke.`);
  return make('registry.unreachable', `“${host}” cannot be reached. Look whether it runs, and at port and firewall.`);
}

function isAbort(error: unknown): boolean {
  return causes(error).some((one) => 'name' in one && (one.name === 'TimeoutError' || one.name === 'AbortError'));
}

/** The error, its causes and, of an AggregateError, its parts. Judged by shape: errors of node:net may be of another realm. */
function causes(error: unknown, depth = 0): object[] {
  if (typeof error !== 'object' || error === null || depth > 5) return [];
  const parts: unknown[] = 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  const cause: unknown = 'cause' in error ? error.cause : null;
  return [error, ...[...parts, cause].flatMap((part) => causes(part, depth + 1))];
}

function codeOf(error: object): string {
  const code: unknown = 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}
