import type { LiveMessage, LiveRoom } from '@waybill/contract';

/** A socket as a room needs it. */
export interface Viewer {
  id: string;
  /** Bytes that wait to be sent. */
  queued(): number;
}

/** Sends one message to many viewers, so that it is written down once. */
export type Send<E> = (viewerIds: string[], message: LiveMessage<E>) => void;

/** Over this many queued bytes a viewer is passed over until it has caught up; the gap makes it ask for a snapshot. */
export const laggingBytes = 1 << 20;
/** Below this many it has caught up. */
const caughtUpBytes = 1 << 16;

/** A room's numbered events and those who get them. A slow viewer slows nobody: it misses messages and heals by itself. */
export class Room<E> {
  private readonly viewers = new Map<string, Viewer>();
  private readonly lagging = new Set<string>();
  private sequence = 0;

  constructor(
    readonly name: LiveRoom,
    readonly epoch: string,
    private readonly send: Send<E>,
  ) {}

  get seq(): number {
    return this.sequence;
  }

  get size(): number {
    return this.viewers.size;
  }

  add(viewer: Viewer): void {
    this.viewers.set(viewer.id, viewer);
    this.lagging.delete(viewer.id);
  }

  remove(id: string): void {
    this.viewers.delete(id);
    this.lagging.delete(id);
  }

  publish(event: E): void {
    const message: LiveMessage<E> = { room: this.name, epoch: this.epoch, seq: (this.sequence += 1), event };
    const ready = [...this.viewers.values()].filter((viewer) => this.keepsUp(viewer)).map(({ id }) => id);
    if (ready.length) this.send(ready, message);
  }

  private keepsUp(viewer: Viewer): boolean {
    const queued = viewer.queued();
    if (queued > laggingBytes) this.lagging.add(viewer.id);
    else if (queued < caughtUpBytes) this.lagging.delete(viewer.id);
    return !this.lagging.has(viewer.id);
  }
}
