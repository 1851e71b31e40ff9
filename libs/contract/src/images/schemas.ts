import { z } from 'zod';
import { Bytes, EngineSlug, Id, Time } from '../common/ids.js';
import { PageQuery, QueryFlag, listOf, many } from '../common/list.js';
import { Actor } from '../access/schemas.js';

/** One row of `docker images`. `containers` counts those made from it, running or not. */
export const Image = z
  .object({
    id: z.string(),
    /** `name:tag`, in the engine's familiar form; empty where dangling. */
    tags: z.array(z.string()),
    /** `name@sha256:…` */
    digests: z.array(z.string()),
    createdAt: Time,
    size: Bytes,
    /** Bytes shared with other images; null where the engine was not asked or does not know. */
    sharedSize: Bytes.nullable(),
    containers: z.int(),
    labels: z.record(z.string(), z.string()),
    dangling: z.boolean(),
  })
  .meta({ id: 'Image' });
export type Image = z.infer<typeof Image>;
export const ImageList = listOf(Image, 'ImageList');

/** The filters of `docker images`. `all` also lists intermediate images. */
export const ImageQuery = PageQuery.extend({
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
  all: QueryFlag.optional(),
  reference: many(z.string().min(1).max(512)),
  dangling: QueryFlag.optional(),
  label: many(z.string().min(1).max(512)),
  before: z.string().min(1).max(512).optional(),
  since: z.string().min(1).max(512).optional(),
}).strict();
export type ImageQuery = z.infer<typeof ImageQuery>;

/** A reference as people type it; the server reads it with `parseReference`. */
const ReferenceText = z.string().trim().min(1).max(512);
/** `os/arch[/variant]`, as the docker CLI's --platform takes it. */
export const Platform = z
  .string()
  .regex(/^[a-z0-9]+\/[a-z0-9_]+(\/[a-z0-9._]+)?$/)
  .meta({ id: 'Platform' });

export const PullRequest = z
  .strictObject({ reference: ReferenceText, platform: Platform.optional(), credentialId: Id.optional() })
  .meta({ id: 'PullRequest' });
export type PullRequest = z.infer<typeof PullRequest>;

/** `allTags` pushes every tag that the engine has of the repository, each as a child operation. */
export const PushRequest = z
  .strictObject({ reference: ReferenceText, allTags: z.boolean().optional(), credentialId: Id.optional() })
  .meta({ id: 'PushRequest' });
export type PushRequest = z.infer<typeof PushRequest>;

export const TagRequest = z.strictObject({ source: ReferenceText, target: ReferenceText }).meta({ id: 'TagRequest' });
export type TagRequest = z.infer<typeof TagRequest>;
export const TagResult = z
  .object({ source: z.string(), target: z.string(), imageId: z.string() })
  .meta({ id: 'TagResult' });
export type TagResult = z.infer<typeof TagResult>;

/** How long an answer may wait for the operation's end: seconds. */
export const WaitQuery = z.object({ wait: z.coerce.number().int().min(0).max(3600).optional() }).strict();
export type WaitQuery = z.infer<typeof WaitQuery>;

/** `docker inspect` of an image in short; `raw` is the engine's own answer, environment masked without its permission. */
export const ImageDetail = z
  .object({
    id: z.string(),
    tags: z.array(z.string()),
    digests: z.array(z.string()),
    createdAt: Time.nullable(),
    size: Bytes,
    os: z.string(),
    architecture: z.string(),
    author: z.string(),
    layers: z.array(z.string()),
    history: z.array(
      z.object({
        id: z.string(),
        createdAt: Time,
        createdBy: z.string(),
        size: Bytes,
        comment: z.string(),
        tags: z.array(z.string()),
      }),
    ),
    raw: z.record(z.string(), z.json()),
  })
  .meta({ id: 'ImageDetail' });
export type ImageDetail = z.infer<typeof ImageDetail>;

/** The last thing known of a reference on an engine: who pushed or pulled it, and when. */
export const Stamp = z
  .object({
    reference: z.string(),
    kind: z.enum(['image.pull', 'image.push']),
    actor: Actor,
    at: Time,
    operationId: Id,
    engine: EngineSlug,
  })
  .meta({ id: 'Stamp' });
export type Stamp = z.infer<typeof Stamp>;
export const StampList = listOf(Stamp, 'StampList');
