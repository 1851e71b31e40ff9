import { spreadOf } from './statistics.ts';

/** What is to be reached: of the figure itself or of its ratio to the baseline. */
export interface Target {
  readonly of: 'figure' | 'ratio';
  readonly atMost?: number;
  readonly atLeast?: number;
}

export interface Figure {
  readonly name: string;
  /** `ms`, `s`, `MB`, `kB`, `/s`, or empty for a count. */
  readonly unit: string;
  /** One value for each round. */
  readonly ours: readonly number[];
  /** The same work without us, in the same rounds. */
  readonly baseline?: { readonly name: string; readonly values: readonly number[] };
  readonly targets?: readonly Target[];
}

/** Three digits that matter, without an exponent. */
export function short(value: number): string {
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** The figure as lines of text: median, least and most of ours and of the baseline, their ratio, and each target with its verdict. */
export function figureText(figure: Figure): string {
  const { name, unit, ours, baseline, targets = [] } = figure;
  const value = spreadOf(ours).median;
  const ratio = baseline ? value / spreadOf(baseline.values).median : undefined;
  const rows = [['ours', valuesText(ours, unit)]];
  if (baseline && ratio !== undefined)
    rows.push([baseline.name, valuesText(baseline.values, unit)], ['ratio', short(ratio)]);
  for (const target of targets) rows.push(['to reach', verdict(target, target.of === 'ratio' ? ratio : value, unit)]);
  return [`  ${name}`, ...rows.map(([label = '', text = '']) => `    ${label.padEnd(34)} ${text}`)].join('\n');
}

function valuesText(values: readonly number[], unit: string): string {
  const { least, median, most } = spreadOf(values);
  const spread = values.length > 1 ? `   least ${short(least)}, most ${short(most)} of ${values.length}` : '';
  return `${withUnit(median, unit)}${spread}`;
}

function withUnit(value: number, unit: string): string {
  return unit === '' || unit === '/s' ? `${short(value)}${unit}` : `${short(value)} ${unit}`;
}

function verdict({ of, atMost, atLeast }: Target, value: number | undefined, unit: string): string {
  const limit = atMost ?? atLeast;
  if (limit === undefined || value === undefined)
    throw new TypeError('A target has a limit, and one of a ratio a baseline.');
  const reached = atMost === undefined ? value >= limit : value <= limit;
  const said = of === 'ratio' ? `a ratio of ${short(limit)}` : withUnit(limit, unit);
  return `${atMost === undefined ? 'at least' : 'at most'} ${said}: ${reached ? 'reached' : 'MISSED'}`;
}
