import { readFileSync, readdirSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Above this share of all cores that others use, figures say more about them than about us. */
const othersAtMost = 0.2;
/** Busy rounds are done again, up to this many times as many rounds as are wanted. */
const triesForEach = 4;
const clockTicksPerSecond = 100;

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** CPU seconds of all cores, in use and in all, since the machine started. */
function machineSeconds(): { used: number; all: number } {
  let idle = 0;
  let all = 0;
  for (const { times } of cpus()) {
    idle += times.idle / 1000;
    all += (times.user + times.nice + times.sys + times.irq + times.idle) / 1000;
  }
  return { used: all - idle, all };
}

/** CPU seconds of this process and all that it started, ended ones included. Source: proc(5), /proc/PID/stat. */
function ownSeconds(): number {
  const parents = new Map<number, number>();
  const ticks = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      parents.set(Number(name), Number(fields[1]));
      ticks.set(
        Number(name),
        fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0),
      );
    } catch {
      // It has ended meanwhile: its parent holds its time.
    }
  }
  const isOurs = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (pid === process.pid || isOurs(parents.get(pid)));
  let sum = 0;
  for (const [pid, used] of ticks) if (isOurs(pid)) sum += used;
  return sum / clockTicksPerSecond;
}

/** The share of all cores (0 to 1) that others use while `work` runs. */
async function othersDuring<T>(work: () => Promise<T>): Promise<{ value: T; others: number }> {
  const [machine, own] = [machineSeconds(), ownSeconds()];
  const value = await work();
  const [machineAfter, ownAfter] = [machineSeconds(), ownSeconds()];
  const used = machineAfter.used - machine.used - (ownAfter - own);
  return { value, others: Math.max(0, used) / Math.max(0.01, machineAfter.all - machine.all) };
}

/** Says how busy the machine is. @throws Error when it is too busy to measure, unless `anyway` */
export async function checkLoad(anyway: boolean): Promise<string> {
  const { others } = await othersDuring(() => sleep(3_000));
  const [minute = 0] = loadavg();
  const said = `${availableParallelism()} cores, ${percent(others)} used by others before the start, load average ${minute.toFixed(2)}`;
  if (others > othersAtMost && !anyway) throw tooBusy(said);
  return said;
}

const tooBusy = (said: string): Error =>
  new Error(
    `The machine is too busy to measure: ${said}. Wait until it is below ${percent(othersAtMost)}, or add --anyway.`,
  );

/**
 * Does rounds until as many as wanted had the machine to themselves; those in which others used too much of it are said and left out.
 * @throws Error where not one round was quiet enough, unless `anyway`
 */
export async function quietRounds<T>(
  { wanted, anyway, say }: { wanted: number; anyway: boolean; say: (text: string) => void },
  round: (index: number) => Promise<T>,
): Promise<T[]> {
  const kept: T[] = [];
  let least = 1;
  for (let index = 0; kept.length < wanted && index < wanted * triesForEach; index += 1) {
    const { value, others } = await othersDuring(() => round(index));
    const isKept = anyway || others <= othersAtMost;
    least = Math.min(least, others);
    if (isKept) kept.push(value);
    say(`round ${index + 1}: others used ${percent(others)} of the cores${isKept ? '' : '; left out'}`);
  }
  if (kept.length === 0) throw tooBusy(`others used ${percent(least)} of the cores even in the quietest round`);
  return kept;
}
