import { fileURLToPath } from 'node:url';
import ui from '@nuxt/ui/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { offlineIcons } from './vite/offline-icons.js';

const api = process.env['WAYBILL_DEV_API'] ?? 'http://127.0.0.1:8080';
const contract = fileURLToPath(new URL('../../libs/contract/src/index.ts', import.meta.url));

/** Nuxt UI takes the whole theme from here: colour names, default sizes. The values are in src/main.css. */
export default defineConfig({
  plugins: [
    vue(),
    offlineIcons(),
    ui({
      dts: false,
      // Icons are found in the source and bundled; without this they would be fetched from outside.
      icon: { clientBundle: { scan: { globInclude: ['src/**/*.{vue,ts}'] } } },
      ui: {
        colors: {
          primary: 'ink',
          secondary: 'violet',
          success: 'green',
          info: 'ink',
          warning: 'amber',
          error: 'red',
          // Nuxt UI's type knows only Tailwind's greys; ours stands in main.css.
          neutral: 'paper' as 'stone',
        },
        button: { defaultVariants: { size: 'sm' } },
        input: { defaultVariants: { size: 'sm' } },
        textarea: { defaultVariants: { size: 'sm' } },
        select: { defaultVariants: { size: 'sm' } },
        selectMenu: { defaultVariants: { size: 'sm' } },
        checkbox: { defaultVariants: { size: 'sm' } },
        badge: { defaultVariants: { size: 'md', variant: 'subtle', color: 'neutral' } },
        dashboardNavbar: { slots: { root: 'px-4 sm:px-6 gap-3', title: 'text-sm font-medium' } },
        dashboardPanel: { slots: { body: 'p-0 sm:p-0 gap-0 sm:gap-0' } },
        dashboardSidebar: { slots: { header: 'px-3', body: 'px-3 py-2', footer: 'px-3 py-2.5' } },
        tabs: { defaultVariants: { size: 'sm' } },
        tooltip: { slots: { content: 'h-auto py-1 max-w-md' } },
      },
    }),
  ],
  resolve: { alias: { '@waybill/contract': contract } },
  define: {
    __VUE_I18N_LEGACY_API__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'true',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: { manifest: true, target: 'es2022' },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': { target: api },
      '/socket.io': { target: api, ws: true },
    },
  },
});
