/** The value below which the share `q` (0 to 1) of the values lies, by nearest rank. @throws RangeError where there are none */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('There is no quantile of nothing.');
  return value;
}

export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

/** @throws RangeError where there are no values */
export function spreadOf(values: readonly number[]): Spread {
  return { least: quantile(values, 0), median: quantile(values, 0.5), most: quantile(values, 1) };
}
