/** The 12 characters that tell digests and ids apart: `sha256:9f2c41d07be3…` → `9f2c41d07be3`. */
export function shortDigest(digest: string): string {
  return digest.replace(/^[a-z0-9]+:/, '').slice(0, 12);
}
