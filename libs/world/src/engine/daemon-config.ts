import { createHash } from 'node:crypto';
import { join } from 'node:path';

export type EngineKind = 'old' | 'modern';

/** The kernel takes 107 bytes as the path of a unix socket. */
const SOCKET_PATH_LIMIT = 107;
/** The longest socket that dockerd makes below its exec-root, with some air. */
const LONGEST_BELOW = '/exec/containerd/containerd.sock.ttrpc'.length + 8;

/**
 * The folder for sockets and run-time state: the engine's own folder, or, when sockets in it would be too long, a short one
 * under /run (root's, so nobody else can take the name) that is always the same for the same folder.
 */
export function runtimeFolder(dir: string): string {
  if (Buffer.byteLength(dir) + LONGEST_BELOW <= SOCKET_PATH_LIMIT) return dir;
  return join('/run', `waybill-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`);
}

/** The private daemon.json: the machine's own /etc/docker/daemon.json must not reach this engine. */
export function daemonConfig(options: { kind: EngineKind; registryMirror?: string }): string {
  return `${JSON.stringify({
    'log-level': 'warn',
    ...(options.registryMirror ? { 'registry-mirrors': [options.registryMirror] } : {}),
    ...(options.kind === 'modern' ? { features: { 'containerd-snapshotter': true } } : {}),
  })}\n`;
}

/** dockerd's flags. Without `bridge` containers have no network but loopback or the host's. */
export function daemonFlags(options: { dir: string; runtimeDir: string; bridge: boolean }): string[] {
  return [
    '--config-file',
    join(options.dir, 'daemon.json'),
    '-H',
    `unix://${join(options.runtimeDir, 'docker.sock')}`,
    '--data-root',
    join(options.dir, 'data'),
    '--exec-root',
    join(options.runtimeDir, 'exec'),
    '--pidfile',
    join(options.runtimeDir, 'pid'),
    ...(options.bridge ? [] : ['--bridge=none', '--iptables=false']),
  ];
}

/**
 * What runs as process 1 of the engine's own namespaces. It hides the machine's containerd (dockerd would share it, and with
 * it the names of containers), waits for dockerd and reaps what containers leave. When it ends, the kernel ends all the rest:
 * dockerd's containerd, shims, containers and mounts.
 */
const WAIT_FOR_DAEMON = `
PATH=$PATH:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
dockerd "$@" & daemon=$!
trap 'kill -TERM $daemon' TERM INT
wait $daemon; code=$?
while kill -0 $daemon 2>/dev/null; do wait $daemon; code=$?; done
exit $code
`;

/** Shell script for a dockerd of this machine; its arguments are dockerd's flags. */
export const OLD_SCRIPT = `set -u
mkdir -p /run/containerd && mount -t tmpfs -o mode=711 tmpfs /run/containerd || exit 1
${WAIT_FOR_DAEMON}`;

/**
 * Shell script for a dockerd inside another root: arguments are that root, the engine's folder, the run-time folder, then
 * dockerd's flags. runc refuses a plain chroot, so the root is pivoted. The two folders have the same path inside and outside.
 */
export const MODERN_SCRIPT = `set -eu
root=$1; dir=$2; runtime=$3; shift 3
mount --bind "$root" "$root"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mkdir -p "$root/old" "$root$dir" "$root$runtime"
for at in /sys /dev "$dir" "$runtime"; do mount --rbind "$at" "$root$at"; done
mount -t proc proc "$root/proc"
cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
cd "$root" && pivot_root . old
exec chroot . sh -c 'umount -l /old
set -u
${WAIT_FOR_DAEMON.replaceAll("'", `'\\''`)}' dockerd "$@"
`;
