import { zh_cn as ui } from '@nuxt/ui/locale';
import shared from '../shared/locales/zh-CN.json';
import shell from '../shell/locales/zh-CN.json';
import { byArea } from './by-area.js';

const areas = import.meta.glob('../areas/*/locales/zh-CN.json', { eager: true, import: 'default' });

export const messages = { ...shared, shell, ...byArea(areas) };
export { ui };
