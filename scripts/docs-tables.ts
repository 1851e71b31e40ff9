import { errorCodes, permissions, rolePermissions, type Role } from '@waybill/contract';

const roles: readonly Role[] = ['viewer', 'developer', 'publisher', 'auditor', 'admin'];

/** Tables of the docs that say what the contract says, by page: the first row is the head. */
export const docsTables: readonly { readonly page: string; readonly rows: readonly (readonly string[])[] }[] = [
  {
    page: 'docs/api.md',
    rows: [
      ['code', 'status', 'meaning'],
      ...Object.entries(errorCodes).map(([code, { status, title }]) => [`\`${code}\``, String(status), title]),
    ],
  },
  {
    page: 'docs/security.md',
    rows: [
      ['permission', ...roles],
      ...permissions.map((name) => [
        `\`${name}\``,
        ...roles.map((role) => (rolePermissions[role].includes(name) ? 'yes' : '')),
      ]),
    ],
  },
];

/** A table as Markdown, its columns even, as the formatter leaves it. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.slice(1).map(line)].join('\n');
}

/** The page's text with its table, the one with the same head, written anew. @throws Error where there is none */
export function withTable(text: string, rows: readonly (readonly string[])[]): string {
  const head = new RegExp(`^\\| ${(rows[0] ?? []).join(' +\\| ')} +\\|$`);
  const lines = text.split('\n');
  const start = lines.findIndex((line) => head.test(line));
  if (start < 0) throw new Error(`There is no table with the head ${String(rows[0])}.`);
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  return lines.toSpliced(start, length, markdownTable(rows)).join('\n');
}
