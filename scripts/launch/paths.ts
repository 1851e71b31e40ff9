import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');
export const apiMain = join(root, 'apps', 'api', 'dist', 'main.js');
