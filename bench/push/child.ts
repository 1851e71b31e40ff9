import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A process of the bench's own that ends with it: its channel closes, and it leaves. */
export class BenchChild<To extends object, From extends { type: string }> {
  readonly process: ChildProcess;

  constructor(script: string) {
    this.process = fork(script, [], { serialization: 'advanced', execArgv: ['--no-warnings'] });
  }

  send(message: To): void {
    this.process.send(message);
  }

  /** Waits for the next answer of a type. @throws Error when the process says that it failed, or ends */
  async answer<T extends From['type']>(type: T): Promise<Extract<From, { type: T }>> {
    const over = new AbortController();
    const ended = once(this.process, 'exit', { signal: over.signal }).then(() => undefined);
    try {
      for (;;) {
        const heard = once(this.process, 'message', { signal: over.signal }) as Promise<[From]>;
        const answer = await Promise.race([heard, ended]);
        if (answer === undefined) throw new Error('A process of the bench ended before it answered.');
        const [message] = answer;
        if (message.type === type) return message as Extract<From, { type: T }>;
        if ('reason' in message) throw new Error(String(message.reason));
      }
    } finally {
      over.abort();
      ended.catch(() => undefined);
    }
  }

  stop(): void {
    if (this.process.connected) this.process.disconnect();
  }
}
