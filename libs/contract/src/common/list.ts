import { z } from 'zod';

/** What every list takes: a cursor out of the page before, and how many at most; what else is asked for is an error. */
export const PageQuery = z.strictObject({
  cursor: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** Every list answers `{items, nextCursor}`; `nextCursor` is null on the last page. */
export function listOf<T extends z.ZodType>(item: T, id: string) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() }).meta({ id });
}
export interface List<T> {
  items: T[];
  nextCursor: string | null;
}

/** A query value that may stand once or several times, always read as an array. */
export function many<T extends z.ZodType>(item: T) {
  return z.preprocess(
    (value) => (value === undefined ? undefined : Array.isArray(value) ? value : [value]),
    z.array(item).max(50).optional(),
  );
}

/** A query value of `true` or `false` (also `1`, `0` and the bare name). */
export const QueryFlag = z
  .enum(['', '1', 'true', '0', 'false'])
  .transform((value) => value === '' || value === '1' || value === 'true');
