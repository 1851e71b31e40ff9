import '@fontsource-variable/geist-mono/wght.css';
import '@fontsource-variable/inter/wght.css';
import './main.css';

import ui from '@nuxt/ui/vue-plugin';
import { VueQueryPlugin } from '@tanstack/vue-query';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { i18n, loadLanguage, preferredLanguage } from './i18n.js';
import { router } from './router.js';
import { queryClient } from './shared/api/query-client.js';

await loadLanguage(preferredLanguage());

createApp(App).use(createPinia()).use(VueQueryPlugin, { queryClient }).use(router).use(i18n).use(ui).mount('#app');
