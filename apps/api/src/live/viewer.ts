import type { Viewer } from './live.room.js';

/** engine.io holds packets back while its transport is not writable, and ws counts the bytes that it holds itself. */
export function viewerOf(socket: { id: string; conn: object & { transport: object } }): Viewer {
  return { id: socket.id, queued: () => heldBack(socket.conn) + bufferedBy(socket.conn.transport) };
}

function heldBack(conn: object): number {
  const packets: unknown = 'writeBuffer' in conn ? conn.writeBuffer : [];
  if (!Array.isArray(packets)) return 0;
  return packets.reduce(
    (sum: number, packet: { data?: unknown }) => sum + (typeof packet.data === 'string' ? packet.data.length : 0),
    0,
  );
}

function bufferedBy(transport: object): number {
  const inner = 'socket' in transport && typeof transport.socket === 'object' ? transport.socket : null;
  return inner && 'bufferedAmount' in inner && typeof inner.bufferedAmount === 'number' ? inner.bufferedAmount : 0;
}
