import type { EngineLine } from '../stream/engine-line.js';

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
const barWidth = 50;

/** As the docker CLI writes sizes: four digits, powers of 1000. */
function humanSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${Number(value.toPrecision(4))}${units[unit]}`;
}

function bar(current: number, total: number): string {
  const filled = Math.min(barWidth, Math.floor((current / total) * barWidth));
  return `[${'='.repeat(filled)}${filled < barWidth ? '>' : ''}${' '.repeat(Math.max(0, barWidth - filled - 1))}]`;
}

function progressText(detail: EngineLine['progressDetail']): string {
  const { current, total, units: unit } = detail ?? {};
  if (current === undefined || (current === 0 && total === undefined)) return '';
  if (unit !== undefined && unit !== 'B') return ` ${current} ${unit}`;
  if (!total) return ` ${humanSize(current)}`;
  return ` ${bar(current, total)} ${humanSize(Math.min(current, total))}/${humanSize(total)}`;
}

/** A line as the docker CLI would write it; empty where it says nothing to a person. */
export function transcriptText(line: EngineLine): string {
  if (line.error !== undefined) return `Error: ${line.error}`;
  if (!line.status) return '';
  return `${line.id === undefined ? '' : `${line.id}: `}${line.status}${progressText(line.progressDetail)}`;
}
