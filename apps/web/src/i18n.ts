import { shallowRef } from 'vue';
import { createI18n } from 'vue-i18n';
import type { en } from '@nuxt/ui/locale';
import { language, rememberLanguage, storedLanguage, type Language } from './shared/language.js';

/** All words of one language: those of `shared/` stand at the root, an area's and the shell's under its name. */
interface Words {
  messages: Record<string, unknown>;
  ui: typeof en;
}

const sources: Record<Language, () => Promise<Words>> = {
  en: () => import('./words/en.js'),
  'zh-CN': () => import('./words/zh-cn.js'),
};

export const i18n = createI18n({ legacy: false, locale: 'en', fallbackLocale: false, messages: {} });
/** Nuxt UI's own words in the language that is shown. */
export const uiLocale = shallowRef<Words['ui']>();

/** What was chosen here before, else what the browser asks for. */
export function preferredLanguage(): Language {
  return storedLanguage() ?? (navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en');
}

/** Shows the page in a language; its words are fetched when they are needed first. */
export async function loadLanguage(next: Language): Promise<void> {
  const { messages, ui } = await sources[next]();
  i18n.global.setLocaleMessage(next, messages);
  i18n.global.locale.value = next;
  uiLocale.value = ui;
  document.documentElement.lang = next;
  language.value = next;
}

export async function chooseLanguage(next: Language): Promise<void> {
  rememberLanguage(next);
  await loadLanguage(next);
}
