/** `../areas/images/locales/en.json` → `images`. */
export function byArea(files: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(files).map(([path, words]) => [path.split('/')[2] ?? path, words]));
}
