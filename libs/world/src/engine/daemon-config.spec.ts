import { describe, expect, it } from '@jest/globals';
import { MODERN_SCRIPT, OLD_SCRIPT, daemonConfig, daemonFlags, runtimeFolder } from './daemon-config.js';
import { parseLines } from './engine-call.js';
import { pickMirror } from './modern-root.js';

describe('configuration of a private engine', () => {
  it('turns the containerd image store on for the modern engine only', () => {
    expect(JSON.parse(daemonConfig({ kind: 'modern' }))).toMatchObject({
      features: { 'containerd-snapshotter': true },
    });
    expect(JSON.parse(daemonConfig({ kind: 'old' }))).not.toHaveProperty('features');
  });

  it('names the mirror of the Hub', () => {
    const config = daemonConfig({ kind: 'old', registryMirror: 'http://127.0.0.1:5001' });
    expect(JSON.parse(config)).toMatchObject({ 'registry-mirrors': ['http://127.0.0.1:5001'] });
  });

  it('keeps everything in the engine folder and touches no bridge and no firewall by default', () => {
    const flags = daemonFlags({ dir: '/d', runtimeDir: '/r', bridge: false });
    expect(flags).toEqual(expect.arrayContaining(['--config-file', '/d/daemon.json', '--data-root', '/d/data']));
    expect(flags).toEqual(expect.arrayContaining(['unix:///r/docker.sock', '/r/exec', '/r/pid']));
    expect(flags.slice(-2)).toEqual(['--bridge=none', '--iptables=false']);
    expect(daemonFlags({ dir: '/d', runtimeDir: '/r', bridge: true }).join(' ')).not.toContain('bridge');
  });

  it('leaves sockets in a short folder where it is', () => {
    expect(runtimeFolder('/tmp/waybill-abc/old')).toBe('/tmp/waybill-abc/old');
  });

  it('moves sockets of a long folder to a short one that is the same each time', () => {
    const long = `/srv/${'某团队/'.repeat(10)}data/engine`;
    const folder = runtimeFolder(long);
    expect(folder).toMatch(/^\/run\/waybill-[0-9a-f]{12}$/);
    expect(runtimeFolder(long)).toBe(folder);
    expect(runtimeFolder(`${long}2`)).not.toBe(folder);
  });

  it('hides the containerd of the machine from the old engine and pivots the root of the modern one', () => {
    expect(OLD_SCRIPT).toContain('/run/containerd');
    expect(MODERN_SCRIPT).toContain('pivot_root . old');
  });
});

describe('the archive of the modern engine', () => {
  it("is Debian's own among apt's sources, not the security archive nor a third party's", () => {
    const targets = [
      'https://packages.example/apt|Example',
      'http://mirror.example/debian-security|Debian-Security',
      'http://mirror.example/debian|Debian',
    ].join('\n');
    expect(pickMirror(targets)).toBe('http://mirror.example/debian');
  });

  it('is missing when apt has no Debian source', () => {
    expect(pickMirror('https://packages.example/apt|Example\n')).toBeUndefined();
  });
});

describe('lines of an engine stream', () => {
  it('are read one JSON object a line, with noise left out', () => {
    expect(parseLines('{"status":"a"}\r\n\nnot json\n17\n{"error":"b"}')).toEqual([{ status: 'a' }, { error: 'b' }]);
  });
});
