import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const apiBuild = join(root, 'apps', 'api', 'dist');
export const apiMain = join(apiBuild, 'main.js');
/** A module of the built server, by its path below apps/api/src. */
export const apiModule = (path: string): string => join(apiBuild, path);
export const pageBuild = join(root, 'apps', 'web', 'dist');
