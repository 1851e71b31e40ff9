import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Server, ServerOptions } from 'socket.io';

/** The largest message that a viewer may send: bytes. Viewers only name rooms. */
const largestMessage = 4096;

/** socket.io for the page: websocket alone, uncompressed, without its own recovery (it restores rooms past the checks). */
export class LiveAdapter extends IoAdapter {
  private io: Server | null = null;

  constructor(app: INestApplicationContext) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const settings: Partial<ServerOptions> = {
      ...options,
      transports: ['websocket'],
      perMessageDeflate: false,
      serveClient: false,
      maxHttpBufferSize: largestMessage,
      pingInterval: 20_000,
      pingTimeout: 20_000,
      connectTimeout: 10_000,
    };
    this.io = super.createIOServer(port, settings as ServerOptions);
    return this.io;
  }

  /** Upgraded sockets would hold up the server's close. */
  end(): void {
    this.io?.disconnectSockets(true);
  }
}
