import type { LiveMessage, LiveRoom } from '@waybill/contract';

/** A socket as a room needs it. */
export interface Viewer<E> {
  id: string;
  /** Bytes that wait to be sent. */
  queued(): number;
  send(message: LiveMessage<E>): void;
}

/** Over this many queued bytes a viewer is passed over until it has caught up; the gap makes it ask for a snapshot. */
export const laggingBytes = 1 << 20;
/** Below this many it has caught up. */
const caughtUpBytes = 1 << 16;

/** A room's numbered events and those who get them. A slow viewer slows nobody: it misses messages and heals by itself. */
export class Room<E> {
  private readonly viewers = new Map<string, Viewer<E>>();
  private readonly lagging = new Set<string>();
  private sequence = 0;

  constructor(
    readonly name: LiveRoom,
    readonly epoch: string,
  ) {}

  get seq(): number {
    return this.sequence;
  }

  get size(): number {
    return this.viewers.size;
  }

  add(viewer: Viewer<E>): void {
    this.viewers.set(viewer.id, viewer);
    this.lagging.delete(viewer.id);
  }

  remove(id: string): void {
    this.viewers.delete(id);
    this.lagging.delete(id);
  }

  publish(event: E): void {
    const message: LiveMessage<E> = { room: this.name, epoch: this.epoch, seq: (this.sequence += 1), event };
    for (const viewer of this.viewers.values()) if (this.keepsUp(viewer)) viewer.send(message);
  }

  private keepsUp(viewer: Viewer<E>): boolean {
    const queued = viewer.queued();
    if (queued > laggingBytes) this.lagging.add(viewer.id);
    else if (queued < caughtUpBytes) this.lagging.delete(viewer.id);
    return !this.lagging.has(viewer.id);
  }
}
