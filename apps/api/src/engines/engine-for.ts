import type { EngineSummary, Permission } from '@waybill/contract';

/** An engine as its readers see it: where it is spoken to is for who sets Waybill up. */
export function engineFor(engine: EngineSummary, permissions: ReadonlySet<Permission>): EngineSummary {
  return permissions.has('settings.manage') ? engine : { ...engine, host: null };
}
