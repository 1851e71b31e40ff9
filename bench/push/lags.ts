/** A line of the engine's answer, and when it passed the proxy. */
export interface EngineSaid {
  readonly at: number;
  readonly id?: string | undefined;
  /** Bytes, where the line tells a layer's progress. */
  readonly current?: number | undefined;
  /** What the line is in the transcript. */
  readonly text: string;
}

/** What one message of the operation's room tells of layers and lines. */
export interface Told {
  readonly layers: readonly { readonly id: string; readonly bytesDone: number; readonly bytesTotal: number | null }[];
  readonly texts: readonly string[];
  /** When the first viewer had it. */
  readonly firstAt: number;
}

/**
 * For each line the message that first shows it: the one that holds the line itself, or a layer's progress at least as far. Deltas are
 * merged, so many lines may come with one message. @returns the message's index, or null where none shows the line
 */
export function shownBy(lines: readonly EngineSaid[], messages: readonly Told[]): (number | null)[] {
  const transcript = messages.flatMap(({ texts }, index) => texts.map((text) => ({ text, index })));
  let next = 0;
  return lines.map((line) => {
    const place = transcript.findIndex(({ text }, at) => at >= next && text === line.text);
    if (place >= 0) next = place + 1;
    const asText = place >= 0 ? (transcript[place]?.index ?? null) : null;
    const asProgress = messages.findIndex((message) => message.firstAt >= line.at && showsProgress(message, line));
    return asProgress >= 0 && (asText === null || asProgress < asText) ? asProgress : asText;
  });
}

function showsProgress({ layers }: Told, { id, current }: EngineSaid): boolean {
  if (id === undefined || current === undefined) return false;
  const layer = layers.find((one) => one.id === id);
  return layer !== undefined && layer.bytesDone >= Math.min(current, layer.bytesTotal ?? current);
}
