import type { Actor } from '@waybill/contract';

/** Who is here, each person once, however many windows are open. */
export class Presence {
  private readonly viewers = new Map<string, Actor>();

  constructor(private readonly changed: (actors: Actor[]) => void) {}

  enter(viewerId: string, actor: Actor): void {
    const before = this.key();
    this.viewers.set(viewerId, actor);
    this.tell(before);
  }

  exit(viewerId: string): void {
    const before = this.key();
    this.viewers.delete(viewerId);
    this.tell(before);
  }

  actors(): Actor[] {
    return [...new Map([...this.viewers.values()].map((actor) => [actor.id ?? actor.type, actor])).values()];
  }

  private key(): string {
    return this.actors()
      .map((actor) => `${actor.id}/${actor.name}`)
      .join();
  }

  private tell(before: string): void {
    if (this.key() !== before) this.changed(this.actors());
  }
}
