import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The repository's root: the nearest folder above this file that has a workspace file, else the current folder. */
export function repositoryRoot(from: string = import.meta.dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'pnpm-workspace.yaml'))) return folder;
    if (dirname(folder) === folder) return process.cwd();
  }
}

/** Where engines are kept between runs. */
export function cacheFolder(): string {
  const wanted = process.env['WAYBILL_CACHE'];
  return wanted ? resolve(wanted) : join(repositoryRoot(), '.tools', 'engines');
}
