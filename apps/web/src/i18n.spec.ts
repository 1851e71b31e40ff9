import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  AuditOutcome,
  EngineState,
  LayerState,
  OperationKind,
  OperationState,
  Permission,
  ProgressPhase,
  Role,
  auditActions,
  errorCodes,
  referenceReasons,
} from '@waybill/contract';

type Words = { [key: string]: string | Words };

const root = import.meta.dirname;
const languages = ['en', 'zh-CN'] as const;

/** Every folder that has words, with the name under which they are reached. */
const folders = [
  { name: '', path: 'shared' },
  { name: 'shell', path: 'shell' },
  ...readdirSync(join(root, 'areas'))
    .filter((area) => existsSync(join(root, 'areas', area, 'routes.ts')))
    .map((area) => ({ name: area, path: `areas/${area}` })),
];

function read(path: string, language: string): Words {
  return JSON.parse(readFileSync(join(root, path, 'locales', `${language}.json`), 'utf8')) as Words;
}

function flatten(words: Words, prefix = ''): [string, string][] {
  return Object.entries(words).flatMap(([key, value]) => {
    const path = prefix ? `${prefix}.${key}` : key;
    return typeof value === 'string' ? [[path, value] as [string, string]] : flatten(value, path);
  });
}

function allWords(language: string): Map<string, string> {
  return new Map(folders.flatMap(({ name, path }) => flatten(read(path, language), name)));
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(vue|ts)$/.test(entry.name) && !entry.name.endsWith('.spec.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

const key = (code: string): string => code.replaceAll('.', '_');
const [en, zh] = languages.map(allWords) as [Map<string, string>, Map<string, string>];
const texts = sources(root).map((file) => ({ file: relative(root, file), text: readFileSync(file, 'utf8') }));

/** `t('a.b')`, `keypath="a.b"`, and whatever stands as a whole key between quotes. */
const literals = new Set(
  texts.flatMap(({ text }) =>
    [...text.matchAll(/['"`]([A-Za-z][\w-]*(?:\.[\w-]+)*)['"`]/g)].map((match) => match[1] ?? ''),
  ),
);
/** Keys with a part that is only known when the page runs: `t(`state.${state}`)` becomes a pattern. */
const patterns = texts.flatMap(({ text }) =>
  [...text.matchAll(/`((?:[\w-]+\.|\$\{[^`]*?\}\.?|[\w-]+)*\$\{[^`]*?\}(?:[\w.-]|\$\{[^`]*?\})*)`/g)]
    .map((match) => match[1] ?? '')
    .filter((template) => /^[a-z][\w-]*\./i.test(template))
    .map(
      (template) =>
        new RegExp(
          `^${template
            .replaceAll(/\$\{[^`]*?\}/g, '\u0000')
            .replaceAll('.', '\\.')
            .replaceAll('\u0000', '[\\w.-]+')}$`,
        ),
    ),
);
const isUsed = (path: string): boolean => literals.has(path) || patterns.some((pattern) => pattern.test(path));

describe('the words of the page', () => {
  it('are the same keys in both languages', () => {
    expect([...zh.keys()].filter((path) => !en.has(path))).toEqual([]);
    expect([...en.keys()].filter((path) => !zh.has(path))).toEqual([]);
  });

  it('take the same placeholders in both languages', () => {
    const names = (text = ''): string[] =>
      [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''))].toSorted();
    const differing = [...en]
      .filter(([path, text]) => String(names(text)) !== String(names(zh.get(path))))
      .map(([path]) => path);
    expect(differing).toEqual([]);
  });

  it.each(folders.flatMap(({ path }) => languages.map((language) => ({ path, language }))))(
    'stand sorted in $path, $language',
    ({ path, language }) => {
      const sorted = (words: Words): Words =>
        Object.fromEntries(
          Object.keys(words)
            .toSorted()
            .map((name) => {
              const value = words[name] ?? '';
              return [name, typeof value === 'string' ? value : sorted(value)];
            }),
        );
      const words = read(path, language);
      expect(JSON.stringify(words)).toBe(JSON.stringify(sorted(words)));
    },
  );

  it('are there for every key that the source names', () => {
    const named = texts.flatMap(({ file, text }) =>
      [...text.matchAll(/(?:\bt\(\s*|keypath=")['"]?([a-zA-Z]\w*(?:\.[\w-]+)+)['"]/g)].map((match) => ({
        file,
        path: match[1] ?? '',
      })),
    );
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter(({ path }) => !en.has(path))).toEqual([]);
  });

  it('are all used', () => {
    expect([...en.keys()].filter((path) => !isUsed(path))).toEqual([]);
  });

  it('are Chinese in Chinese: full-width punctuation after a Chinese character', () => {
    const halfWidth = [...zh].filter(([, text]) => /\p{Script=Han}[,;:!?()]|[,;!?]\p{Script=Han}/u.test(text));
    expect(halfWidth).toEqual([]);
  });
});

describe('every word of the contract is said in both languages', () => {
  const wanted = [
    ...Object.keys(errorCodes).flatMap((code) => [`error.${key(code)}.title`, `error.${key(code)}.advice`]),
    ...auditActions.flatMap((action) =>
      [...AuditOutcome.options, 'intent'].map((outcome) => `sentence.${key(action)}.${outcome}`),
    ),
    ...OperationKind.options.flatMap((kind) => [
      `kind.${key(kind)}`,
      ...OperationState.options.map((state) => `sentence.${key(kind)}.${state}`),
    ]),
    ...[...OperationState.options, ...AuditOutcome.options].map((state) => `state.${state}`),
    ...LayerState.options.map((state) => `layerState.${state}`),
    ...ProgressPhase.options.flatMap((phase) => [`operations.phase.${phase}`, `overview.phase.${phase}`]),
    ...EngineState.options.map((state) => `engineState.${state}`),
    ...Permission.options.map((permission) => `permission.${key(permission)}`),
    ...Role.options.flatMap((role) => [`role.${role}`, `roleText.${role}`]),
    ...referenceReasons.map((reason) => `reference.why.${reason}`),
  ];

  it.each(languages)('in %s', (language) => {
    const words = language === 'en' ? en : zh;
    expect([...new Set(wanted)].filter((path) => !words.get(path)?.trim())).toEqual([]);
  });
});
