import type { Actor } from '@waybill/contract';

/** An actor whose name may have been erased. */
export type ShownActor = Omit<Actor, 'name'> & { name: string | null };

const han = /\p{Script=Han}/u;

/** Whether a name is written in Chinese, so that the browser takes the right glyphs and weight on an English page. */
export function isHan(name: string): boolean {
  return han.test(name);
}

/** One or two letters for a face: the given name's last character in Chinese, initials elsewhere. */
export function initials(name: string): string {
  const text = name.trim();
  if (isHan(text)) return [...text].filter((letter) => han.test(letter)).at(-1) ?? '';
  const words = text.split(/[\s._-]+/).filter(Boolean);
  const [first = '', last = ''] = [words[0], words.length > 1 ? words.at(-1) : words[0]?.slice(1)];
  return `${[...first][0] ?? ''}${[...last][0] ?? ''}`.toUpperCase();
}

const hues = [200, 345, 58, 280, 130, 25, 235, 165];

/** The same person has the same hue everywhere. */
export function hueOf(id: string): number {
  let hash = 0x811c9dc5;
  for (const letter of id) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return hues[(hash >>> 0) % hues.length] ?? 200;
}
