import type { LiveMessage } from '@waybill/contract';
import type { Viewer } from './live.room.js';

/** What a Room needs of a socket. engine.io holds back packets while the transport is not writable; ws counts its own bytes. */
interface ViewedSocket {
  id: string;
  conn: { writeBuffer: { data?: unknown }[]; transport: { socket?: { bufferedAmount?: number } } };
}

export function viewerOf<E>(socket: ViewedSocket, send: (message: LiveMessage<E>) => void): Viewer<E> {
  return {
    id: socket.id,
    send,
    queued: () => {
      const waiting = socket.conn.writeBuffer.reduce((sum, packet) => sum + (typeof packet.data === 'string' ? packet.data.length : 0), 0);
      return waiting + (socket.conn.transport.socket?.bufferedAmount ?? 0);
    },
  };
}
