import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const ticksPerSecond = 100;

/** CPU seconds (user and system, all threads) that a process has used so far. Source: proc(5), /proc/PID/stat. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Resident memory of a process in MB. Source: proc(5), /proc/PID/status. */
export function residentMegabytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kibibytes) * 1024) / 1e6;
}

/** Watches what a process uses until `end` is called. */
export function watchProcess(pid: number): { end(): { cpuSeconds: number; growthMegabytes: number } } {
  const cpu = cpuSeconds(pid);
  const before = residentMegabytes(pid);
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, residentMegabytes(pid))), 50);
  return {
    end: () => {
      clearInterval(timer);
      return { cpuSeconds: cpuSeconds(pid) - cpu, growthMegabytes: Math.max(most, residentMegabytes(pid)) - before };
    },
  };
}

/** Tries every 5 ms until `url` answers 200. @returns milliseconds since the call @throws Error after `limitMs` */
export async function millisecondsUntilAnswer(url: string, limitMs: number): Promise<number> {
  const started = performance.now();
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.body?.cancel();
    const taken = performance.now() - started;
    if (answer?.ok) return taken;
    if (taken > limitMs) throw new Error(`${url} did not answer within ${limitMs} ms.`);
    await sleep(5);
  }
}
