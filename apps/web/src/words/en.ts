import { en as ui } from '@nuxt/ui/locale';
import shared from '../shared/locales/en.json';
import shell from '../shell/locales/en.json';
import { byArea } from './by-area.js';

const areas = import.meta.glob('../areas/*/locales/en.json', { eager: true, import: 'default' });

export const messages = { ...shared, shell, ...byArea(areas) };
export { ui };
