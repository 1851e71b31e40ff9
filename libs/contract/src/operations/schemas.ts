import { z } from 'zod';
import { Actor } from '../access/schemas.js';
import { Failure } from '../common/errors.js';
import { Bytes, Digest, EngineSlug, Id, Time } from '../common/ids.js';
import { PageQuery, listOf, many } from '../common/list.js';
import { OperationState } from './states.js';

export const OperationKind = z.enum(['image.pull', 'image.push']).meta({ id: 'OperationKind' });
export type OperationKind = z.infer<typeof OperationKind>;

/**
 * `exists` and `mounted` did not have to move; `moved` is downloaded and waits for its turn to be unpacked;
 * `retrying` is the engine's own new try.
 */
export const LayerState = z
  .enum(['waiting', 'preparing', 'exists', 'mounted', 'moving', 'retrying', 'verifying', 'moved', 'unpacking', 'done'])
  .meta({ id: 'LayerState' });
export type LayerState = z.infer<typeof LayerState>;

export const LayerProgress = z
  .object({
    /** As the engine names it in its lines (12 characters). */
    id: z.string(),
    state: LayerState,
    bytesDone: Bytes,
    bytesTotal: Bytes.nullable(),
    /** The repository that the layer was mounted from. */
    mountedFrom: z.string().optional(),
  })
  .meta({ id: 'LayerProgress' });
export type LayerProgress = z.infer<typeof LayerProgress>;

export const ProgressPhase = z
  .enum(['preparing', 'transferring', 'unpacking', 'finishing', 'backing_off', 'done'])
  .meta({ id: 'ProgressPhase' });
export type ProgressPhase = z.infer<typeof ProgressPhase>;

export const ProgressSummary = z
  .object({
    phase: ProgressPhase,
    /** Whole percents, never falling; null while it can't be known; 100 only once all is done. */
    percent: z.int().min(0).max(100).nullable(),
    bytesDone: Bytes,
    /** Bytes that have to move; null until every layer that moves has told its size. */
    bytesTotal: Bytes.nullable(),
    bytesPerSecond: z.number().min(0).nullable(),
    secondsLeft: z.number().min(0).nullable(),
    /** What the bytes are: of compressed blobs, or of the uncompressed tar that older engines count on a push. */
    unit: z.enum(['compressed', 'uncompressed']),
    layersDone: z.int(),
    layersTotal: z.int(),
    /** Layers that were at the destination already (`exists` and `mounted`). */
    layersThere: z.int(),
    /** When the next try begins after a rate limit. */
    retryAt: Time.nullable(),
  })
  .meta({ id: 'ProgressSummary' });
export type ProgressSummary = z.infer<typeof ProgressSummary>;

export const Progress = ProgressSummary.extend({ layers: z.array(LayerProgress) }).meta({ id: 'Progress' });
export type Progress = z.infer<typeof Progress>;

/** What was really done. `size` is the compressed content where knowing it was free; `manifestSize` is the manifest alone. */
export const OperationResult = z
  .object({
    digest: Digest.nullable(),
    size: Bytes.nullable(),
    manifestSize: Bytes.nullable(),
    imageId: z.string().nullable(),
    layersMoved: z.int(),
    layersThere: z.int(),
    bytesMoved: Bytes,
    durationMs: z.int(),
    /** The engine's last word on a pull, such as "Image is up to date". */
    status: z.string().nullable(),
  })
  .meta({ id: 'OperationResult' });
export type OperationResult = z.infer<typeof OperationResult>;

export const Participant = z.object({ actor: Actor, joinedAt: Time }).meta({ id: 'Participant' });
export type Participant = z.infer<typeof Participant>;

const operationShape = {
  id: Id,
  kind: OperationKind,
  state: OperationState,
  engine: EngineSlug,
  /** Canonical: `registry/namespace/name:tag` or `…@sha256:…`. */
  reference: z.string(),
  registry: z.object({ id: Id.nullable(), name: z.string(), address: z.string() }),
  /** The user name of the credential that is used; null for none, and for viewers. */
  credential: z.object({ id: Id, username: z.string() }).nullable(),
  platform: z.string().nullable(),
  actor: Actor,
  participants: z.array(Participant),
  parentId: Id.nullable(),
  /** Of a push of all tags: its children. */
  childIds: z.array(Id),
  retryOf: Id.nullable(),
  /** Its place among those that wait on the engine, from 1; null once it runs. */
  queuePosition: z.int().nullable(),
  /** The try that runs, from 1; grows after a rate limit. */
  attempt: z.int(),
  /** The docker command that it equals. */
  command: z.string(),
  createdAt: Time,
  startedAt: Time.nullable(),
  endedAt: Time.nullable(),
  result: OperationResult.nullable(),
  error: Failure.nullable(),
};

export const Operation = z.object({ ...operationShape, progress: Progress }).meta({ id: 'Operation' });
export type Operation = z.infer<typeof Operation>;
/** An operation without its layers, as the live board sends it. */
export const OperationSummary = z
  .object({ ...operationShape, progress: ProgressSummary })
  .meta({ id: 'OperationSummary' });
export type OperationSummary = z.infer<typeof OperationSummary>;

export const OperationAnswer = z.object({ operation: Operation }).meta({ id: 'OperationAnswer' });
export type OperationAnswer = z.infer<typeof OperationAnswer>;
export const OperationList = listOf(Operation, 'OperationList');

export const OperationQuery = PageQuery.extend({
  state: many(OperationState),
  kind: many(OperationKind),
  engine: EngineSlug.optional(),
  actor: Id.optional(),
  reference: z.string().min(1).max(512).optional(),
  parent: Id.optional(),
}).strict();
export type OperationQuery = z.infer<typeof OperationQuery>;

/** One line that the engine said, with when it was said. */
export const TranscriptLine = z.object({ at: Time, text: z.string() }).meta({ id: 'TranscriptLine' });
export type TranscriptLine = z.infer<typeof TranscriptLine>;
export const Transcript = z.object({ lines: z.array(TranscriptLine), total: z.int(), truncated: z.boolean() }).meta({
  id: 'Transcript',
  description: 'The first and last lines that fit the bound; `truncated` says that some in the middle were left out',
});
export type Transcript = z.infer<typeof Transcript>;
