import type { EngineKind } from '@waybill/world';
import type { Figure } from './report.ts';

export interface Bench {
  /** A throw-away folder that is open to other users' servers. */
  readonly dir: string;
  /** Does a round as often as wanted, and again where others kept the machine busy. @returns what the quiet rounds gave */
  readonly rounds: <T>(round: (index: number) => Promise<T>) => Promise<T[]>;
  /** The engine where a case uses only one. */
  readonly engine: EngineKind;
  /** What happens, for people. */
  readonly say: (text: string) => void;
  readonly report: (figure: Figure) => void;
}

export interface Case {
  readonly about: string;
  readonly rounds: number;
  run(bench: Bench): Promise<void>;
}
