import type { ImageDetail } from '@waybill/contract';

export interface HistoryStep {
  key: number;
  /** The Dockerfile's word: RUN, COPY, CMD, … */
  verb: string;
  rest: string;
  size: number;
  createdAt: string;
  /** Share of the largest step, 0 to 1. */
  share: number;
}

/** What the builders put in front: `/bin/sh -c #(nop)  CMD …` changes settings alone, `/bin/sh -c …` and `|1 A=b /bin/sh -c …` ran. */
function readStep(createdBy: string): { verb: string; rest: string } {
  const text = createdBy.replace(/\s*#\s*buildkit\s*$/, '').trim();
  const setting = /^\/bin\/sh -c #\(nop\)\s+(.*)$/s.exec(text);
  const plain = (setting?.[1] ?? text).replace(/^RUN\s+(?:\|\d+ .*? )?\/bin\/sh -c /s, 'RUN ');
  const ran = /^(?:\|\d+ .*? )?\/bin\/sh -c (.*)$/s.exec(plain);
  const known = /^([A-Z]{2,12})\s+(.*)$/s.exec(ran ? `RUN ${ran[1]}` : plain);
  return known ? { verb: known[1] ?? '', rest: known[2] ?? '' } : { verb: '', rest: plain };
}

/** The engine's history, the newest step first, as it lists it. */
export function historySteps(history: ImageDetail['history']): HistoryStep[] {
  const largest = history.reduce((most, { size }) => Math.max(most, size), 1);
  return history.map(({ createdBy, size, createdAt }, key) => ({
    key,
    ...readStep(createdBy),
    size,
    createdAt,
    share: size / largest,
  }));
}
