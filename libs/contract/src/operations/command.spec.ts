import { describe, expect, it } from '@jest/globals';
import { ImagePruneRequest, durationMs } from '../images/removal.js';
import { dockerCommand } from './command.js';

describe('dockerCommand', () => {
  it('removes as docker rmi does, with its switches before the names', () => {
    expect(dockerCommand.rmi(['team/app:1', 'sha256:0a1b'])).toBe('docker rmi team/app:1 sha256:0a1b');
    expect(dockerCommand.rmi(['a:1'], { force: true, noPrune: true })).toBe('docker rmi --force --no-prune a:1');
  });

  it('prunes as docker image prune does, each filter a word of its own that a shell leaves whole', () => {
    expect(dockerCommand.imagePrune({})).toBe('docker image prune');
    expect(dockerCommand.imagePrune({ unused: true, olderThan: '24h', labels: ['team=blue', 'note=two words'] })).toBe(
      "docker image prune --all --filter until=24h --filter label=team=blue --filter 'label=note=two words'",
    );
  });
});

describe('the age of a prune', () => {
  it('is a Go duration of hours, minutes and seconds, and nothing else', () => {
    const takes = (olderThan: string): boolean => ImagePruneRequest.safeParse({ olderThan }).success;
    expect(['24h', '1h30m', '90s'].every(takes)).toBe(true);
    expect(['', '24', '2d', '-1h', '1h ', '2024-01-01'].some(takes)).toBe(false);
  });

  it('is counted in milliseconds', () => {
    expect(durationMs('1h30m')).toBe(5_400_000);
    expect(durationMs('90s')).toBe(90_000);
  });
});
