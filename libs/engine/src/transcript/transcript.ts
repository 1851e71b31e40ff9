import type { Transcript, TranscriptLine } from '@waybill/contract';
import type { EngineLine } from '../stream/engine-line.js';
import { transcriptText } from './transcript-text.js';

/** One line is never longer; an engine's error can hold a whole page of HTML. */
const maxLineLength = 4000;
const perLine = 32;
const maxLayers = 2000;

interface Held {
  readonly line: TranscriptLine;
  readonly bytes: number;
}

/**
 * Keeps what an engine said within a bound: the first half of it and the last, the middle left out. A layer's steps of bytes are
 * one line (the state that it entered), so that a long push is not a flood.
 */
export class TranscriptKeeper {
  readonly #half: number;
  readonly #lastStatus = new Map<string, string>();
  readonly #head: Held[] = [];
  #headBytes = 0;
  #headFull = false;
  #tail: Held[] = [];
  #tailBytes = 0;
  #total = 0;
  #truncated = false;

  /** @param maxBytes of text in UTF-8, each line with 32 for its time */
  constructor({ maxBytes }: { maxBytes: number }) {
    this.#half = Math.floor(maxBytes / 2);
  }

  /** How many lines were kept or left out since the beginning: the number that the next one gets. */
  get total(): number {
    return this.#total;
  }

  /** @param at ISO 8601 @returns the line that was added, or null for a step that changes nothing */
  accept(line: EngineLine, at: string): TranscriptLine | null {
    if (this.#repeats(line)) return null;
    return this.add(transcriptText(line), at);
  }

  /** Adds a line of our own, such as why an operation was ended. */
  add(said: string, at: string): TranscriptLine | null {
    if (said === '') return null;
    const text = said.length > maxLineLength ? `${said.slice(0, maxLineLength)}…` : said;
    const line = { at, text };
    this.#total += 1;
    this.#keep({ line, bytes: Buffer.byteLength(text) + perLine });
    return line;
  }

  read(): Transcript {
    return {
      lines: [...this.#head, ...this.#tail].map((one) => one.line),
      total: this.#total,
      truncated: this.#truncated,
    };
  }

  #repeats({ id, status, error }: EngineLine): boolean {
    if (error !== undefined || id === undefined || status === undefined) return false;
    const plain = status.replace(/^Retrying in \d+ seconds?$/, 'Retrying');
    if (this.#lastStatus.get(id) === plain) return true;
    if (this.#lastStatus.has(id) || this.#lastStatus.size < maxLayers) this.#lastStatus.set(id, plain);
    return false;
  }

  #keep(held: Held): void {
    if (!this.#headFull && this.#headBytes + held.bytes <= this.#half) {
      this.#head.push(held);
      this.#headBytes += held.bytes;
      return;
    }
    this.#headFull = true;
    this.#tail.push(held);
    this.#tailBytes += held.bytes;
    let drop = 0;
    while (this.#tailBytes > this.#half && drop < this.#tail.length) {
      this.#tailBytes -= this.#tail[drop]?.bytes ?? 0;
      drop += 1;
    }
    if (drop > 0) {
      this.#tail = this.#tail.slice(drop);
      this.#truncated = true;
    }
  }
}

export function createTranscript(options: { maxBytes: number }): TranscriptKeeper {
  return new TranscriptKeeper(options);
}
