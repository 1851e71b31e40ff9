import { z } from 'zod';
import { ActorType } from '../access/schemas.js';
import { Failure } from '../common/errors.js';
import { Digest, EngineSlug, Id, Time } from '../common/ids.js';
import { PageQuery, listOf, many } from '../common/list.js';
import { AuditAction } from './actions.js';

export const AuditPhase = z.enum(['intent', 'outcome', 'observed']).meta({ id: 'AuditPhase' });
export type AuditPhase = z.infer<typeof AuditPhase>;
export const AuditOutcome = z
  .enum(['succeeded', 'failed', 'denied', 'cancelled', 'interrupted'])
  .meta({ id: 'AuditOutcome' });
export type AuditOutcome = z.infer<typeof AuditOutcome>;
export const AuditDoor = z.enum(['browser', 'api', 'cli', 'notice', 'events', 'system']).meta({ id: 'AuditDoor' });
export type AuditDoor = z.infer<typeof AuditDoor>;
export const AuthMethod = z.enum(['session', 'token', 'password', 'setup_code', 'link']).meta({ id: 'AuthMethod' });
export type AuthMethod = z.infer<typeof AuthMethod>;

/** One changed field. Secrets stand only as "changed". */
export const AuditChange = z
  .object({ field: z.string(), before: z.json(), after: z.json() })
  .meta({ id: 'AuditChange' });
export type AuditChange = z.infer<typeof AuditChange>;

export const AuditTarget = z
  .object({
    reference: z.string().nullable(),
    registry: z.string().nullable(),
    repository: z.string().nullable(),
    tag: z.string().nullable(),
    digest: Digest.nullable(),
    imageId: z.string().nullable(),
    size: z.int().nullable(),
  })
  .meta({ id: 'AuditTarget' });
export type AuditTarget = z.infer<typeof AuditTarget>;

/** What may be erased later: it stands beside the hashed event, which holds only a salted commitment to it. */
export const AuditPersonal = z
  .object({
    salt: z.string(),
    actorName: z.string().nullable(),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    attemptedName: z.string().optional(),
    subjectName: z.string().optional(),
    changes: z.array(AuditChange).optional(),
  })
  .meta({ id: 'AuditPersonal' });
export type AuditPersonal = z.infer<typeof AuditPersonal>;

/** What is said of a deed before the writer gives it its number, its time and its place in the chain. */
const deed = {
  actor: z.object({ type: ActorType, id: Id.nullable() }),
  via: z.object({
    door: AuditDoor,
    authMethod: AuthMethod.nullable(),
    tokenId: Id.nullable(),
    requestId: z.string().nullable(),
  }),
  action: AuditAction,
  engine: z.object({ slug: EngineSlug, id: z.string().nullable() }).nullable(),
  target: AuditTarget.nullable(),
  subject: z.object({ type: z.string(), id: z.string() }).nullable(),
  operationId: Id.nullable(),
  intentSeq: z.int().nullable(),
  phase: AuditPhase,
  outcome: AuditOutcome.nullable(),
  error: Failure.nullable(),
  durationMs: z.int().nullable(),
  details: z.record(z.string(), z.json()),
};

const Hash = z.string().regex(/^[0-9a-f]{64}$/);

/** An event as it is stored, listed and exported: flat, self-sufficient and chained. */
export const AuditEvent = z
  .object({
    v: z.literal(1),
    seq: z.int().min(1),
    id: Id,
    at: Time,
    ...deed,
    /** SHA-256 over the canonical JSON of `personal`. */
    commitment: Hash,
    /** Null once erased. */
    personal: AuditPersonal.nullable(),
    prevHash: Hash,
    /** SHA-256 over the canonical JSON (RFC 8785) of the event without `hash` and `personal`. */
    hash: Hash,
  })
  .meta({ id: 'AuditEvent' });
export type AuditEvent = z.infer<typeof AuditEvent>;
export const AuditEventList = listOf(AuditEvent, 'AuditEventList');

/** What a domain hands to the record: the deed, and who did it in person. */
export const AuditDraft = z.object({ ...deed, personal: AuditPersonal.omit({ salt: true }) });
export type AuditDraft = z.infer<typeof AuditDraft>;

/** The closed list of filters. `actor` is an id, or `system` or `external`; text filters match whole values, `*` matches any run. */
export const AuditFilter = z.object({
  actor: z.string().min(1).max(80).optional(),
  action: many(AuditAction),
  registry: z.string().min(1).max(300).optional(),
  repository: z.string().min(1).max(512).optional(),
  tag: z.string().min(1).max(128).optional(),
  digest: z.string().min(1).max(80).optional(),
  outcome: many(AuditOutcome),
  phase: many(AuditPhase),
  door: many(AuditDoor),
  engine: EngineSlug.optional(),
  operation: Id.optional(),
  subject: z.string().min(1).max(80).optional(),
  from: Time.optional(),
  to: Time.optional(),
});
export type AuditFilter = z.infer<typeof AuditFilter>;
/** Newest first, unless `order=asc`. */
export const AuditQuery = AuditFilter.extend({
  ...PageQuery.shape,
  order: z.enum(['desc', 'asc']).default('desc'),
}).strict();
export type AuditQuery = z.infer<typeof AuditQuery>;
export const AuditExportQuery = AuditFilter.extend({ format: z.enum(['csv', 'ndjson']) }).strict();
export type AuditExportQuery = z.infer<typeof AuditExportQuery>;

export const AuditHistogramQuery = AuditFilter.extend({
  buckets: z.coerce.number().int().min(1).max(400).default(96),
}).strict();
export type AuditHistogramQuery = z.infer<typeof AuditHistogramQuery>;
/** Events over time between `from` and `to`; `bad` counts failed, denied and interrupted. */
export const AuditHistogram = z
  .object({
    from: Time,
    to: Time,
    total: z.int(),
    buckets: z.array(z.object({ at: Time, total: z.int(), bad: z.int() })),
  })
  .meta({ id: 'AuditHistogram' });
export type AuditHistogram = z.infer<typeof AuditHistogram>;

/** The short form, for those who may see the operation but not read the record: no address, no user agent. */
export const ShortEvent = z
  .object({
    seq: z.int(),
    at: Time,
    actor: z.object({ type: ActorType, id: Id.nullable(), name: z.string().nullable() }),
    action: AuditAction,
    phase: AuditPhase,
    outcome: AuditOutcome.nullable(),
    error: Failure.nullable(),
    target: AuditTarget.nullable(),
    operationId: Id.nullable(),
    durationMs: z.int().nullable(),
  })
  .meta({ id: 'ShortEvent' });
export type ShortEvent = z.infer<typeof ShortEvent>;
export const ShortEventList = listOf(ShortEvent, 'ShortEventList');

/** A signed checkpoint of the record. Source: C2SP tlog-checkpoint over an RFC 6962 tree, a leaf for each event's `hash`. */
export const AuditCheckpoint = z
  .object({
    /** How many events it signs for: all up to this number. */
    size: z.int().min(0),
    at: Time,
    origin: z.string(),
    /** The signed note, whole. Keep it elsewhere: it shows whether the record was cut off or written anew. */
    note: z.string(),
    /** `name+id+key`, as verifiers take it. */
    verifierKey: z.string(),
  })
  .meta({ id: 'AuditCheckpoint' });
export type AuditCheckpoint = z.infer<typeof AuditCheckpoint>;
export const AuditCheckpointList = listOf(AuditCheckpoint, 'AuditCheckpointList');

/** That one event is in the record that a checkpoint signs for. `proof` is hex, from the leaf up. Source: RFC 6962, 2.1.1. */
export const AuditProof = z
  .object({ seq: z.int(), hash: Hash, leafIndex: z.int(), proof: z.array(Hash), checkpoint: AuditCheckpoint })
  .meta({ id: 'AuditProof' });
export type AuditProof = z.infer<typeof AuditProof>;

/** That the record of a newer checkpoint goes on from that of an older one. Source: RFC 6962, 2.1.2. */
export const AuditConsistency = z
  .object({ from: AuditCheckpoint, to: AuditCheckpoint, proof: z.array(Hash) })
  .meta({ id: 'AuditConsistency' });
export type AuditConsistency = z.infer<typeof AuditConsistency>;

/** The first event that does not fit, and why. */
export const AuditFlaw = z
  .object({
    seq: z.int(),
    kind: z.enum(['altered', 'commitment', 'missing', 'moved', 'column', 'checkpoint', 'truncated']),
  })
  .meta({ id: 'AuditFlaw' });
/** How far the record is proven. */
export const AuditVerdict = z
  .object({
    ok: z.boolean(),
    events: z.int(),
    erased: z.int(),
    headSeq: z.int(),
    headHash: Hash,
    checkpoints: z.int(),
    sealedSeq: z.int(),
    openIntents: z.array(z.int()),
    clockJumps: z.int(),
    flaw: AuditFlaw.nullable(),
  })
  .meta({ id: 'AuditVerdict' });
export type AuditVerdict = z.infer<typeof AuditVerdict>;

/** A line of a verification as it goes on: how far it is, and at the end the verdict. */
export const AuditVerifyLine = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('progress'), checked: z.int(), total: z.int() }),
    z.object({ type: z.literal('verdict'), verdict: AuditVerdict }),
  ])
  .meta({ id: 'AuditVerifyLine' });
export type AuditVerifyLine = z.infer<typeof AuditVerifyLine>;
