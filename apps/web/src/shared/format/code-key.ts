/** A code or an action as a key of the words: `registry.rate_limited` → `registry_rate_limited`. */
export function codeKey(code: string): string {
  return code.replaceAll('.', '_');
}
