import { ref } from 'vue';

export const languages = ['en', 'zh-CN'] as const;
export type Language = (typeof languages)[number];

const storageKey = 'waybill.language';

/** The language that is shown now. */
export const language = ref<Language>('en');

export function storedLanguage(): Language | null {
  const stored = localStorage.getItem(storageKey);
  return languages.find((one) => one === stored) ?? null;
}

export function rememberLanguage(next: Language): void {
  localStorage.setItem(storageKey, next);
}
