import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Everything that set-up brings stands here or in node_modules; nothing is written elsewhere. */
export const toolsFolder = join(root, '.tools');
