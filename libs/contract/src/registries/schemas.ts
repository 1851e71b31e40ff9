import { z } from 'zod';
import { Failure } from '../common/errors.js';
import { EngineSlug, Id, Time } from '../common/ids.js';
import { listOf } from '../common/list.js';
import { oneLine } from '../common/text.js';

export const RegistryKind = z.enum(['hub', 'acr', 'registry']).meta({ id: 'RegistryKind' });
export type RegistryKind = z.infer<typeof RegistryKind>;

/** A login for a registry. The secret goes in and never comes out. */
export const Credential = z
  .object({
    id: Id,
    username: z.string(),
    isDefault: z.boolean(),
    createdAt: Time,
    updatedAt: Time,
    lastUsedAt: Time.nullable(),
  })
  .meta({ id: 'Credential' });
export type Credential = z.infer<typeof Credential>;

/** The address of the registry's login server, out of its 401. Source: distribution spec, token authentication. */
export const Realm = z.object({ url: z.string(), service: z.string().nullable() }).meta({ id: 'Realm' });
export type Realm = z.infer<typeof Realm>;

export const RegistryScheme = z.enum(['none', 'basic', 'bearer']).meta({ id: 'RegistryScheme' });
export type RegistryScheme = z.infer<typeof RegistryScheme>;

/** What one side found: Waybill itself or an engine. */
export const CheckAnswer = z
  .object({ ok: z.boolean(), error: Failure.nullable(), latencyMs: z.number().nullable() })
  .meta({ id: 'CheckAnswer' });
export type CheckAnswer = z.infer<typeof CheckAnswer>;

/** Both answers to a check; `realm` asks for confirmation while `realmConfirmed` is false (no secret was sent then). */
export const CheckResult = z
  .object({
    at: Time,
    ok: z.boolean(),
    username: z.string().nullable(),
    scheme: RegistryScheme.nullable(),
    realm: Realm.nullable(),
    realmConfirmed: z.boolean(),
    waybill: CheckAnswer,
    engines: z.array(CheckAnswer.extend({ engine: EngineSlug })),
  })
  .meta({ id: 'CheckResult' });
export type CheckResult = z.infer<typeof CheckResult>;

/** The Hub's pull limit as last seen. Source: docs.docker.com, "pull usage and limits" (ratelimit-limit, ratelimit-remaining). */
export const RateLimit = z
  .object({ limit: z.int(), remaining: z.int(), windowSeconds: z.int().nullable(), at: Time })
  .meta({ id: 'RateLimit' });
export type RateLimit = z.infer<typeof RateLimit>;

/** A registry as its readers see it; `credentials` is empty for those who may neither pull nor manage. */
export const Registry = z
  .object({
    id: Id,
    name: z.string(),
    /** `docker.io`, or `host[:port]`. */
    address: z.string(),
    kind: RegistryKind,
    /** Plain http. */
    insecure: z.boolean(),
    realm: Realm.nullable(),
    credentials: z.array(Credential),
    lastCheck: CheckResult.nullable(),
    rateLimit: RateLimit.nullable(),
    createdAt: Time,
  })
  .meta({ id: 'Registry' });
export type Registry = z.infer<typeof Registry>;
export const RegistryList = listOf(Registry, 'RegistryList');

const Name = oneLine(80);
const AddressText = z.string().trim().min(1).max(300);
const UsernameText = z.string().min(1).max(256);
const Secret = z.string().max(16_384);

/** A registry and its first credential in one. An empty secret counts as none. */
export const CreateRegistryRequest = z
  .strictObject({
    name: Name,
    address: AddressText,
    username: UsernameText.optional(),
    secret: Secret.optional(),
    insecure: z.boolean().default(false),
  })
  .meta({ id: 'CreateRegistryRequest' });
export type CreateRegistryRequest = z.infer<typeof CreateRegistryRequest>;

/** Changing address or `insecure` of a registry with credentials asks for the secrets again: `secret` is that of the default one, others are removed. */
export const UpdateRegistryRequest = z
  .strictObject({
    name: Name.optional(),
    address: AddressText.optional(),
    insecure: z.boolean().optional(),
    username: UsernameText.optional(),
    secret: Secret.optional(),
  })
  .meta({ id: 'UpdateRegistryRequest' });
export type UpdateRegistryRequest = z.infer<typeof UpdateRegistryRequest>;

export const CreateCredentialRequest = z
  .strictObject({ username: UsernameText, secret: Secret.min(1), isDefault: z.boolean().optional() })
  .meta({ id: 'CreateCredentialRequest' });
export type CreateCredentialRequest = z.infer<typeof CreateCredentialRequest>;
/** An empty secret leaves the old one. */
export const UpdateCredentialRequest = z
  .strictObject({ username: UsernameText.optional(), secret: Secret.optional(), isDefault: z.boolean().optional() })
  .meta({ id: 'UpdateCredentialRequest' });
export type UpdateCredentialRequest = z.infer<typeof UpdateCredentialRequest>;

/**
 * `confirmRealm` repeats the realm's url that an earlier check showed: the login server may then be given the secret. Where it
 * takes the place of another confirmed one and there are credentials, `secret` is that of the default one, others are removed.
 */
export const CheckRegistryRequest = z
  .strictObject({
    credentialId: Id.optional(),
    confirmRealm: z.string().max(2048).optional(),
    secret: Secret.optional(),
  })
  .meta({ id: 'CheckRegistryRequest' });
export type CheckRegistryRequest = z.infer<typeof CheckRegistryRequest>;

/** Whether a registry answers `GET /v2/`, asked without a login; null until it was asked once. */
export const RegistryHealth = z
  .object({
    registryId: Id,
    ok: z.boolean().nullable(),
    latencyMs: z.number().nullable(),
    at: Time.nullable(),
    error: Failure.nullable(),
  })
  .meta({ id: 'RegistryHealth' });
export type RegistryHealth = z.infer<typeof RegistryHealth>;
export const RegistryHealthList = listOf(RegistryHealth, 'RegistryHealthList');

/** The text of a `~/.docker/config.json`. */
export const ImportDockerConfigRequest = z
  .strictObject({ config: z.string().min(2).max(1_000_000) })
  .meta({ id: 'ImportDockerConfigRequest' });
export type ImportDockerConfigRequest = z.infer<typeof ImportDockerConfigRequest>;
export const ImportDockerConfigResult = z
  .object({
    imported: z.array(z.object({ address: z.string(), username: z.string(), registryId: Id, created: z.boolean() })),
    skipped: z.array(
      z.object({
        address: z.string(),
        reason: z.enum([
          'credential_helper',
          'no_secret',
          'unreadable',
          'identity_token',
          'duplicate',
          'address_refused',
        ]),
        helper: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'ImportDockerConfigResult' });
export type ImportDockerConfigResult = z.infer<typeof ImportDockerConfigResult>;
