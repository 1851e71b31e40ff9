import type { Plugin } from 'vite';

const online = '@iconify/vue';
const prefix = '\0offline-icons:';

/**
 * Takes the icon library without its loader: every icon is in the bundle, so a page never asks another host for one, and
 * the addresses of such hosts are not in the build either.
 */
export function offlineIcons(): Plugin {
  return {
    name: 'waybill:offline-icons',
    enforce: 'pre',
    async resolveId(source, importer) {
      if (source !== online) return null;
      const offline = await this.resolve(`${online}/offline`, importer, { skipSelf: true });
      return offline && `${prefix}${offline.id}`;
    },
    load(id) {
      if (!id.startsWith(prefix)) return null;
      const offline = JSON.stringify(id.slice(prefix.length));
      // The offline part knows an icon by its exact name only, and Nuxt UI asks for `lucide-x` where it registers `lucide:x`.
      return [
        `import { addIcon as add } from ${offline};`,
        `export { Icon, addCollection } from ${offline};`,
        `export function addIcon(name, data) { add(name, data); add(name.replace(':', '-'), data); return true; }`,
        `export const iconLoaded = () => true;`,
      ].join('\n');
    },
  };
}
