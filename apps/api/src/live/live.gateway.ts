import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
} from '@nestjs/websockets';
import {
  Id,
  WaybillError,
  liveNamespace,
  type Ack,
  type BoardSnapshot,
  type ClientToServer,
  type LiveRoom,
  type OperationSnapshot,
  type Permission,
  type ServerToClient,
} from '@waybill/contract';
import type { Namespace, Socket } from 'socket.io';
import { AccessEvents, type Ended } from '../access/access.events.js';
import { AccessService } from '../access/access.service.js';
import { Needs } from '../common/access.decorators.js';
import type { ActorContext } from '../common/actor-context.js';
import { newId } from '../common/ids.js';
import { parseWith, toProblem } from '../common/problem.js';
import { LiveHub } from './live.hub.js';
import { viewerOf } from './viewer.js';

interface SocketData {
  who: ActorContext;
  rooms: Set<LiveRoom>;
}
type LiveSocket = Socket<ClientToServer, ServerToClient, Record<string, never>, SocketData>;

/** How many rooms one socket may be in, and how many sockets one person may have. */
const roomsAtMost = 20;
const socketsAtMost = 40;

/** The websocket door: authenticated at the handshake, each join authorised, cut off when the session ends. */
@WebSocketGateway({ namespace: liveNamespace })
export class LiveGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect, OnApplicationBootstrap {
  private readonly logger = new Logger('Live');
  @WebSocketServer() private readonly namespace!: Namespace<
    ClientToServer,
    ServerToClient,
    Record<string, never>,
    SocketData
  >;

  constructor(
    private readonly hub: LiveHub,
    private readonly access: AccessService,
    private readonly events: AccessEvents,
  ) {}

  /** How many windows are connected. */
  get sockets(): number {
    return this.namespace.sockets.size;
  }

  afterInit(namespace: Namespace<ClientToServer, ServerToClient, Record<string, never>, SocketData>): void {
    namespace.use((socket, answer) => {
      void this.enter(socket).then(answer);
    });
    this.hub.speakThrough({
      board: (viewerIds, message) => namespace.to(viewerIds).emit('board', message),
      operation: (viewerIds, message) => namespace.to(viewerIds).emit('operation', message),
    });
  }

  onApplicationBootstrap(): void {
    this.events.on('ended', (ended) => this.cut(ended));
  }

  handleConnection(socket: LiveSocket): void {
    // What was revoked between the handshake and now was not cut: the socket was not in the list yet.
    void this.access
      .stillValid(socket.data.who)
      .catch(() => false)
      .then((valid) => valid || this.end(socket, 'session_ended'));
  }

  handleDisconnect(socket: LiveSocket): void {
    for (const room of socket.data.rooms) this.hub.leave(room, socket.id);
  }

  @SubscribeMessage('board:join')
  @Needs('operation.read', 'engine.read')
  joinBoard(@ConnectedSocket() socket: LiveSocket): Promise<Ack<BoardSnapshot>> {
    return this.join(socket, 'board', ['operation.read', 'engine.read'], () =>
      this.hub.joinBoard(viewerOf(socket), socket.data.who.actor),
    );
  }

  @SubscribeMessage('operation:join')
  @Needs('operation.read')
  joinOperation(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown): Promise<Ack<OperationSnapshot>> {
    const room = () => parseWith(Id, body);
    return this.join(
      socket,
      () => `operation:${room()}`,
      ['operation.read'],
      () => this.hub.joinOperation(room(), viewerOf(socket), socket.data.who.actor),
    );
  }

  @SubscribeMessage('board:leave')
  @Needs('operation.read')
  leaveBoard(@ConnectedSocket() socket: LiveSocket): void {
    this.leave(socket, 'board');
  }

  @SubscribeMessage('operation:leave')
  @Needs('operation.read')
  leaveOperation(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown): void {
    const id = Id.safeParse(body);
    if (id.success) this.leave(socket, `operation:${id.data}`);
  }

  /** Answers with why it is refused, or nothing. */
  private async enter(socket: LiveSocket): Promise<Error | undefined> {
    try {
      await this.authenticate(socket);
      return undefined;
    } catch (error) {
      return asConnectError(error);
    }
  }

  private async authenticate(socket: LiveSocket): Promise<void> {
    const who = await this.access.authenticateHandshake(socket.handshake);
    const mine = [...this.namespace.sockets.values()].filter((one) => one.data.who?.actor.id === who.actor.id);
    if (mine.length >= socketsAtMost)
      throw new WaybillError('auth.throttled', 'Too many windows are open; close some.');
    socket.data = { who, rooms: new Set() };
  }

  private async join<T>(
    socket: LiveSocket,
    room: LiveRoom | (() => LiveRoom),
    permissions: Permission[],
    enter: () => Promise<T>,
  ): Promise<Ack<T>> {
    try {
      const { who, rooms } = socket.data;
      const missing = permissions.find((one) => !who.permissions.has(one));
      if (missing) throw new WaybillError('permission.denied', `This needs the permission ${missing}.`);
      const name = typeof room === 'string' ? room : room();
      const wasIn = rooms.has(name);
      if (!wasIn && rooms.size >= roomsAtMost)
        throw new WaybillError('request.invalid', `A window may follow at most ${roomsAtMost} rooms.`);
      rooms.add(name);
      try {
        const data = await enter();
        // It may have left, or gone, while the answer was made.
        if (socket.disconnected || !rooms.has(name)) this.hub.leave(name, socket.id);
        return { ok: true, data };
      } catch (error) {
        if (!wasIn) rooms.delete(name);
        throw error;
      }
    } catch (error) {
      const problem = toProblem(error, newId());
      if (problem.code === 'server.error') this.logger.error({ err: error, requestId: problem.requestId });
      return { ok: false, problem };
    }
  }

  private leave(socket: LiveSocket, room: LiveRoom): void {
    if (socket.data.rooms.delete(room)) this.hub.leave(room, socket.id);
  }

  private cut(ended: Ended): void {
    for (const socket of this.namespace.sockets.values()) {
      const { who } = socket.data;
      const hit =
        (ended.sessionId !== undefined && who.sessionId === ended.sessionId) ||
        (ended.tokenId !== undefined && who.tokenId === ended.tokenId) ||
        (ended.userId !== undefined && who.actor.id === ended.userId);
      if (hit) this.end(socket, ended.reason);
    }
  }

  private end(socket: LiveSocket, reason: Ended['reason']): void {
    socket.emit('ended', reason);
    socket.disconnect(true);
  }
}

/** socket.io hands `data` of a connect error to the client: there the problem stands. */
function asConnectError(error: unknown): Error {
  const problem = toProblem(error, newId());
  return Object.assign(new Error(problem.code), { data: problem });
}
