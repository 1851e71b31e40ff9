import { z } from 'zod';
import { Failure } from '../common/errors.js';
import { Bytes, Time } from '../common/ids.js';

/** Names, names with a tag or digest, or ids; with `repository` names alone, each for all tags that the engine has of it. */
export const ImageRemoveRequest = z
  .strictObject({
    references: z.array(z.string().trim().min(1).max(512)).min(1).max(200),
    /** Also where several tags stand on an id, or containers that have stopped use the image. */
    force: z.boolean().optional(),
    /** Keeps the nameless images that it was built upon. */
    noPrune: z.boolean().optional(),
    repository: z.boolean().optional(),
  })
  .meta({ id: 'ImageRemoveRequest' });
export type ImageRemoveRequest = z.infer<typeof ImageRemoveRequest>;

/** What became of one reference. `deleted` are the ids of images and of the nameless ones below them, as the engine tells them. */
export const ImageRemoval = z
  .object({
    reference: z.string(),
    outcome: z.enum(['removed', 'failed']),
    untagged: z.array(z.string()),
    deleted: z.array(z.string()),
    error: Failure.nullable(),
  })
  .meta({ id: 'ImageRemoval' });
export type ImageRemoval = z.infer<typeof ImageRemoval>;
export const ImageRemoveResult = z.object({ items: z.array(ImageRemoval) }).meta({ id: 'ImageRemoveResult' });
export type ImageRemoveResult = z.infer<typeof ImageRemoveResult>;

/** A container that stands on an image, as far as it matters to its removal. `state` is the engine's word: `running`, `exited`… */
export const ImageUser = z.object({ id: z.string(), name: z.string(), state: z.string() }).meta({ id: 'ImageUser' });
export type ImageUser = z.infer<typeof ImageUser>;

/** Why the engine will refuse: `several_tags` and `containers` give way to force, `running` and `children` do not. */
export const RemovalObstacle = z
  .enum(['several_tags', 'containers', 'running', 'children', 'not_found', 'invalid'])
  .meta({ id: 'RemovalObstacle' });
export type RemovalObstacle = z.infer<typeof RemovalObstacle>;

/** What the removal of one reference would do, as far as the list tells before it is tried; the references before it are counted as done. */
export const RemovalForecast = z
  .object({
    reference: z.string(),
    imageId: z.string().nullable(),
    /** The image's own; what other images share stays. */
    size: Bytes.nullable(),
    effect: z.enum(['untag', 'delete', 'none']),
    untags: z.array(z.string()),
    /** The tags that stay on the image. */
    keeps: z.array(z.string()),
    /** The nameless images below that go with it. */
    parents: z.array(z.string()),
    /** The images that are built upon it on this engine. */
    children: z.array(z.string()),
    containers: z.array(ImageUser),
    obstacle: RemovalObstacle.nullable(),
  })
  .meta({ id: 'RemovalForecast' });
export type RemovalForecast = z.infer<typeof RemovalForecast>;
export const ImageRemovePreview = z.object({ items: z.array(RemovalForecast) }).meta({ id: 'ImageRemovePreview' });
export type ImageRemovePreview = z.infer<typeof ImageRemovePreview>;

/** Nameless images alone, or with `unused` all that no container uses. `olderThan` is a Go duration of h, m, s: `24h`, `1h30m`. */
export const ImagePruneRequest = z
  .strictObject({
    unused: z.boolean().optional(),
    olderThan: z
      .string()
      .regex(/^(?=\d)(\d{1,6}h)?(\d{1,6}m)?(\d{1,6}s)?$/)
      .optional(),
    /** `key` or `key=value`; all must match. */
    labels: z.array(z.string().trim().min(1).max(512)).max(20).optional(),
  })
  .meta({ id: 'ImagePruneRequest' });
export type ImagePruneRequest = z.infer<typeof ImagePruneRequest>;

/** What a prune would take, out of the list. `sizeAtMost` counts what images share as often as it is shared. */
export const ImagePrunePreview = z
  .object({
    items: z.array(
      z.object({
        id: z.string(),
        tags: z.array(z.string()),
        digests: z.array(z.string()),
        size: Bytes,
        createdAt: Time,
      }),
    ),
    sizeAtMost: Bytes,
  })
  .meta({ id: 'ImagePrunePreview' });
export type ImagePrunePreview = z.infer<typeof ImagePrunePreview>;
export const ImagePruneResult = z
  .object({ untagged: z.array(z.string()), deleted: z.array(z.string()), spaceReclaimed: Bytes })
  .meta({ id: 'ImagePruneResult' });
export type ImagePruneResult = z.infer<typeof ImagePruneResult>;

/** The milliseconds of a duration as `olderThan` takes it. */
export function durationMs(text: string): number {
  const factors = { h: 3_600_000, m: 60_000, s: 1000 } as const;
  return [...text.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * factors[unit as keyof typeof factors],
    0,
  );
}
