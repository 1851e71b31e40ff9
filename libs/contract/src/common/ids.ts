import { z } from 'zod';

/** UUIDv7 of anything that Waybill owns. */
export const Id = z.uuid().meta({ id: 'Id', description: 'UUIDv7' });
export type Id = z.infer<typeof Id>;

/** ISO 8601 in UTC with milliseconds. */
export const Time = z.iso.datetime().meta({ id: 'Time', description: 'ISO 8601 in UTC' });
export type Time = z.infer<typeof Time>;

/** A count of bytes: JSON integers up to 2^53 − 1. */
export const Bytes = z.int().min(0).meta({ id: 'Bytes', description: 'A count of bytes' });
export type Bytes = z.infer<typeof Bytes>;

/** The immutable short name of an engine, as it stands in paths: the first one is `local`. */
export const EngineSlug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/)
  .meta({ id: 'EngineSlug' });
export type EngineSlug = z.infer<typeof EngineSlug>;

/** A content digest as OCI writes it. Source: OCI image spec, descriptor.md#digests. */
export const Digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/)
  .meta({ id: 'Digest' });
export type Digest = z.infer<typeof Digest>;
