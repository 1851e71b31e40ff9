// Puts Scalar's one script beside the built code: at run time nothing else of that package (and of its 270 MB) is needed.
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const scalar = dirname(createRequire(import.meta.url).resolve('@scalar/api-reference'));
const assets = resolve(import.meta.dirname, '../dist/assets');
mkdirSync(assets, { recursive: true });
copyFileSync(join(scalar, 'browser/standalone.js'), join(assets, 'reference.js'));
