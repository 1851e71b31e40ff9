const maxOriginal = 2000;
const secretNames =
  '_state|token|access_token|refresh_token|identitytoken|password|passwd|secret|signature|sig|x-amz-signature|x-amz-credential|x-amz-security-token|credential|key';
const inQuery = new RegExp(`([?&](?:${secretNames})=)[^&\\s"']+`, 'gi');
const inUrl = /(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s@"']+@/gi;
const inHeader = /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/-]{8,}=*/g;

/** Every form in which a secret may stand in another's words. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('base64'),
    bytes.toString('base64url'),
  ];
}

/**
 * The engine's or a registry's words as they may be kept and shown: without logins in addresses, tokens, signatures, and the secrets
 * that the caller knows; at most 2000 characters.
 */
export function scrub(words: string, secrets: readonly string[] = []): string {
  let text = words.trim();
  for (const form of new Set(secrets.filter(Boolean).flatMap(formsOf))) text = text.replaceAll(form, '***');
  text = text.replace(inUrl, '$1***@').replace(inQuery, '$1***').replace(inHeader, '$1 ***');
  return text.length > maxOriginal ? `${text.slice(0, maxOriginal)}…` : text;
}
