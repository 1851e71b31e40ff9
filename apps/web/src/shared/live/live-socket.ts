import { liveNamespace, type ClientToServer, type ServerToClient } from '@waybill/contract';
import { io, type Socket } from 'socket.io-client';

export type LiveSocket = Socket<ServerToClient, ClientToServer>;

/** The one socket of the page. It connects when it is told to, and by itself again after a lost line. */
export function makeSocket(): LiveSocket {
  return io(liveNamespace, {
    path: '/socket.io',
    transports: ['websocket'],
    withCredentials: true,
    autoConnect: false,
    reconnectionDelay: 500,
    reconnectionDelayMax: 8000,
    timeout: 10_000,
  });
}
