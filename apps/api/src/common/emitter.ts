import { EventEmitter } from 'node:events';

/** A small typed emitter; `on` answers with the function that ends the subscription. */
export class Emitter<Events extends Record<string, unknown>> {
  private readonly inner = new EventEmitter().setMaxListeners(0);

  emit<K extends keyof Events & string>(name: K, value: Events[K]): void {
    this.inner.emit(name, value);
  }

  on<K extends keyof Events & string>(name: K, listener: (value: Events[K]) => void): () => void {
    this.inner.on(name, listener);
    return () => this.inner.off(name, listener);
  }
}
