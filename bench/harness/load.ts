import { availableParallelism, cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Above this share of all cores that others use, figures say more about them than about us. */
const busyAtMost = 0.2;

interface Times {
  readonly idle: number;
  readonly all: number;
}

function timesOfAll(): Times {
  const sums = cpus().map(({ times }) => ({
    idle: times.idle,
    all: times.user + times.nice + times.sys + times.irq + times.idle,
  }));
  return sums.reduce((one, other) => ({ idle: one.idle + other.idle, all: one.all + other.all }));
}

/** The share of all cores (0 to 1) that is in use while we do nothing for `ms`. The load average would still hold our own last bench. */
async function busyShare(ms: number): Promise<number> {
  const before = timesOfAll();
  await sleep(ms);
  const after = timesOfAll();
  return 1 - (after.idle - before.idle) / Math.max(1, after.all - before.all);
}

/** Says how busy the machine is. @throws Error when it is too busy to measure, unless `anyway` */
export async function checkLoad(anyway: boolean): Promise<string> {
  const busy = await busyShare(3_000);
  const [minute = 0] = loadavg();
  const said = `${availableParallelism()} cores, ${Math.round(busy * 100)} % busy before the start, load average ${minute.toFixed(2)}`;
  if (busy > busyAtMost && !anyway) {
    const most = Math.round(busyAtMost * 100);
    throw new Error(`The machine is too busy to measure: ${said}. Wait until it is below ${most} %, or add --anyway.`);
  }
  return said;
}
