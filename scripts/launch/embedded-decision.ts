/** What the machine looks like, as far as it matters for an engine of our own. */
export interface Machine {
  /** `WAYBILL_EMBEDDED`: `off` has none. */
  readonly embedded: string | undefined;
  /** Does WAYBILL_ENGINE_HOST, DOCKER_HOST or a docker context name an engine? */
  readonly engineIsNamed: boolean;
  /** Is there a default socket, whether it answers or not? */
  readonly socketIsThere: boolean;
  /** Did an earlier start bring an engine into this data folder? */
  readonly marked: boolean;
  readonly isRoot: boolean;
  /** The text of /etc/os-release, empty where there is none. */
  readonly osRelease: string;
}

/** `again` brings up what an earlier start brought, `ask` may bring it for the first time, `no` leaves it to the server. */
export type EmbeddedDecision = 'no' | 'ask' | 'again';

/**
 * An engine of our own is only for a machine that has no Docker at all: where there is one that cannot be used (no permission,
 * daemon stopped), starting another would hide the fault.
 */
export function decideEmbedded(machine: Machine): EmbeddedDecision {
  if (machine.embedded === 'off' || machine.engineIsNamed || !machine.isRoot) return 'no';
  if (machine.marked) return 'again';
  return !machine.socketIsThere && isDebianLike(machine.osRelease) ? 'ask' : 'no';
}

function isDebianLike(osRelease: string): boolean {
  const ids = [...osRelease.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap(([, value]) =>
    (value ?? '').split(' '),
  );
  return ids.includes('debian') || ids.includes('ubuntu');
}
