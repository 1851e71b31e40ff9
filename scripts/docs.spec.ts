import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { docsTables, markdownTable } from './docs-tables.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const pages = [
  'README.md',
  'README.zh-CN.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'ROADMAP.md',
  ...['docs', 'docs/decisions'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];
const manifests = [
  'package.json',
  ...['apps', 'libs'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}/package.json`),
  ),
].map((file) => JSON.parse(read(file)) as { name: string; scripts?: Record<string, string> });

const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found]) => found ?? '');
/** Fenced blocks and inline code: what a reader would copy. */
const codeOf = (text: string): string =>
  [...matches(text, /```\w*\n([\s\S]*?)```/g), ...matches(text, /`([^`\n]+)`/g)].join('\n');

describe.each(pages)('%s', (page) => {
  const text = read(page);

  it('links only to files that are there', () => {
    const links = matches(text, /\]\(([^)\s]+)\)/g).filter((link) => !/^(https?:|#)/.test(link));
    const missing = links.filter((link) => !existsSync(join(root, dirname(page), link.split('#')[0] ?? '')));
    expect(missing).toEqual([]);
  });

  it('names only folders and files that are there', () => {
    const folders = 'apps|libs|scripts|nginx|prisma|e2e|bench|docs';
    const named = matches(text, new RegExp(`\`((?:${folders})(?:/[\\w.-]+)*/?)\``, 'g'));
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('names only commands that are there', () => {
    const own = manifests[0]?.scripts ?? {};
    const code = codeOf(text);
    const byNpm = matches(code, /^npm (?:run )?([a-z][\w:-]*)/gm);
    const byPnpm = matches(code, /pnpm ((?:test|lint|typecheck|format)[\w:]*)/g);
    expect([...byNpm, ...byPnpm].filter((name) => !(name in own))).toEqual([]);
    for (const [, name, script] of code.matchAll(/--filter (@waybill\/\w+) (?:run )?(\w+)/g)) {
      const manifest = manifests.find((one) => one.name === name);
      expect(Object.keys(manifest?.scripts ?? {})).toContain(script);
    }
  });
});

describe('the tables', () => {
  it('docs/operating.md has every setting that the server or the launcher reads, and no other', () => {
    const settings = (text: string): string[] => [...new Set(matches(text, /['`](WAYBILL_[A-Z_]+)\b/g))];
    const config = read('apps/api/src/config/config.ts');
    const readBySource = new Set(matches(config, /\b(WAYBILL_[A-Z_]+)\b/g).filter((name) => !name.endsWith('_')));
    const rows = matches(read('docs/operating.md'), /^\| `(WAYBILL_[A-Z_]+)` /gm);
    expect(rows.sort()).toEqual([...readBySource].sort());
    const named = settings([read('README.md'), read('README.zh-CN.md')].join('\n'));
    expect(named.filter((name) => !readBySource.has(name) && name !== 'WAYBILL_TOKEN')).toEqual([]);
  });

  it.each(docsTables)(
    '$page has the table that the contract says (`npm run openapi` writes it anew)',
    ({ page, rows }) => {
      expect(read(page)).toContain(`\n${markdownTable(rows)}\n`);
    },
  );
});
