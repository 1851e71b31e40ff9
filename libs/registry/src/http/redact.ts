const maxLength = 300;

/**
 * Somebody else's words without the secrets that they may repeat (as they are, in base64, percent-encoded), without control characters, cut
 * to a length that can be shown and stored.
 */
export function redact(text: string, secrets: readonly string[]): string {
  let shown = text;
  for (const secret of secrets.filter((one) => one.length > 0)) {
    const bytes = Buffer.from(secret, 'utf8');
    for (const form of [secret, bytes.toString('base64'), bytes.toString('base64url'), encodeURIComponent(secret)]) {
      shown = shown.replaceAll(form, '…');
    }
  }
  shown = shown.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return shown.length > maxLength ? `${shown.slice(0, maxLength)}…` : shown;
}
