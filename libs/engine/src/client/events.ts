/** A thing that happened on an engine. Source: Engine API, GET /events. */
export interface EngineEvent {
  /** `image`, `container`, `volume`, `network`, `daemon`, `builder`, … */
  readonly type: string;
  readonly action: string;
  /** The object's id; of an image event often a reference. */
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** `seconds.nanoseconds`, as `since` takes it. */
  readonly stamp: string;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function strings(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** `timeNano` is beyond 2^53, so the JSON number has lost its last digits: microseconds are kept. */
export function toEngineEvent(raw: Record<string, unknown>): EngineEvent {
  const seconds = typeof raw['time'] === 'number' ? raw['time'] : 0;
  const nano = typeof raw['timeNano'] === 'number' ? raw['timeNano'] : seconds * 1e9;
  const micros = Math.floor(nano / 1000);
  const actor = typeof raw['Actor'] === 'object' && raw['Actor'] !== null ? { ...raw['Actor'] } : {};
  const fields: Record<string, unknown> = { ...actor };
  return {
    type: text(raw['Type']),
    action: text(raw['Action']) || text(raw['status']),
    id: text(fields['ID']) || text(raw['id']),
    attributes: strings(fields['Attributes']),
    at: new Date(Math.floor(micros / 1000)).toISOString(),
    stamp: `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}000`,
  };
}
