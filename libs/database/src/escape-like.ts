/**
 * Text for Prisma's `contains`, `startsWith` and `endsWith`, which hand `%`, `_` and the backslash on to LIKE as they are, so that
 * each stands for itself. A `%` put between two such texts stands for any run of characters. The same on both databases.
 */
export function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}
