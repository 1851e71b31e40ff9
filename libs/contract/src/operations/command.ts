import type { ImagePruneRequest } from '../images/removal.js';

/** A word as a POSIX shell takes it. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function line(...words: (string | false | undefined | null)[]): string {
  return ['docker', ...words.filter((word) => typeof word === 'string')].map(quote).join(' ');
}

/** The docker command lines that dialogs and operations show: what they do, to be copied. */
export const dockerCommand = {
  pull: (reference: string, platform?: string | null) =>
    line('pull', ...(platform ? ['--platform', platform] : []), reference),
  push: (reference: string, allTags = false) => line('push', allTags && '--all-tags', reference),
  tag: (source: string, target: string) => line('tag', source, target),
  rmi: (references: readonly string[], { force, noPrune }: { force?: boolean; noPrune?: boolean } = {}) =>
    line('rmi', force && '--force', noPrune && '--no-prune', ...references),
  imagePrune: ({ unused, olderThan, labels = [] }: ImagePruneRequest) =>
    line(
      'image',
      'prune',
      unused && '--all',
      ...(olderThan ? ['--filter', `until=${olderThan}`] : []),
      ...labels.flatMap((label) => ['--filter', `label=${label}`]),
    ),
  login: (address: string, username: string) =>
    line('login', '--username', username, address === 'docker.io' ? undefined : address),
};
