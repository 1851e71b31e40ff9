import { fileURLToPath } from 'node:url';
import { resolveConfig } from 'vite';

/** Nuxt UI's plugin writes the types of the theme when Vite reads its configuration; a fresh clone has none before. */
await resolveConfig({ root: fileURLToPath(new URL('..', import.meta.url)) }, 'build');
