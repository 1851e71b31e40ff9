import { z } from 'zod';
import { ErrorCode } from '../common/errors.js';
import { Bytes, EngineSlug, Time } from '../common/ids.js';
import { listOf } from '../common/list.js';

export const EngineState = z.enum(['connecting', 'connected', 'unreachable']).meta({ id: 'EngineState' });
export type EngineState = z.infer<typeof EngineState>;

export const EngineSummary = z
  .object({
    slug: EngineSlug,
    name: z.string(),
    /** The engine's own ID; null until it was reached once. */
    id: z.string().nullable(),
    state: EngineState,
    /** Since when it is in this state. */
    since: Time,
    /** Last time that it answered. */
    lastSeenAt: Time.nullable(),
    version: z.string().nullable(),
    apiVersion: z.string().nullable(),
    /** Where it is spoken to, for admins; null for others. */
    host: z.string().nullable(),
    error: z.object({ code: ErrorCode, detail: z.string(), advice: z.array(z.string()) }).nullable(),
  })
  .meta({ id: 'EngineSummary' });
export type EngineSummary = z.infer<typeof EngineSummary>;
export const EngineList = listOf(EngineSummary, 'EngineList');

/** `docker info` and `docker version` in one. Source: Engine API, GET /info and GET /version. */
export const EngineInfo = z
  .object({
    slug: EngineSlug,
    id: z.string(),
    name: z.string(),
    version: z.string(),
    apiVersion: z.string(),
    minApiVersion: z.string().nullable(),
    operatingSystem: z.string(),
    osType: z.string(),
    architecture: z.string(),
    kernelVersion: z.string(),
    cpus: z.int(),
    memoryBytes: Bytes,
    storageDriver: z.string(),
    /** True where images live in containerd's store (ids are digests of manifests or indexes). */
    containerdStore: z.boolean(),
    driverStatus: z.array(z.tuple([z.string(), z.string()])),
    rootDirectory: z.string(),
    images: z.int(),
    containers: z.object({ total: z.int(), running: z.int(), paused: z.int(), stopped: z.int() }),
    registryMirrors: z.array(z.string()),
    insecureRegistries: z.array(z.string()),
    loggingDriver: z.string().nullable(),
    cgroupDriver: z.string().nullable(),
    cgroupVersion: z.string().nullable(),
    defaultRuntime: z.string().nullable(),
    securityOptions: z.array(z.string()),
    liveRestore: z.boolean(),
    warnings: z.array(z.string()),
    systemTime: z.string().nullable(),
    components: z.array(z.object({ name: z.string(), version: z.string() })),
    readAt: Time,
  })
  .meta({ id: 'EngineInfo' });
export type EngineInfo = z.infer<typeof EngineInfo>;
