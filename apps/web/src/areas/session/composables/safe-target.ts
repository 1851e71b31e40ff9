/** Where to go after a login: only a path of this page, never another site (`//host` would be one). */
export function safeTarget(to: unknown): string {
  return typeof to === 'string' && /^\/(?![/\\])/.test(to) ? to : '/';
}
