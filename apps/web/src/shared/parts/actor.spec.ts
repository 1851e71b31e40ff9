import { describe, expect, it } from '@jest/globals';
import { hueOf, initials, isHan } from './actor.js';

describe('faces', () => {
  it.each([
    ['李伟', '伟'],
    ['王芳 (dev)', '芳'],
    ['Anna Schmidt', 'AS'],
    ['Maximiliane Charlotte von Habsburg', 'MH'],
    ['anna', 'AN'],
    ['x', 'X'],
    ['ci-bot', 'CB'],
    ['乐乐开心果123', '果'],
    ['', ''],
  ])('writes %p as %p', (name, letters) => {
    expect(initials(name)).toBe(letters);
  });

  it('gives the same person the same hue everywhere', () => {
    const id = '01a20d59-a2ab-70c9-b446-9a7b719517b5';
    expect(hueOf(id)).toBe(hueOf(id));
  });

  it('spreads people over all hues', () => {
    expect(new Set(Array.from({ length: 200 }, (_, index) => hueOf(`person-${index}`))).size).toBe(8);
  });

  it('tells a Chinese name from a Latin one', () => {
    expect(isHan('李伟')).toBe(true);
    expect(isHan('Ada')).toBe(false);
  });
});
