import { Injectable } from '@nestjs/common';
import { Logger } from 'nestjs-pino';

/** Who tells each module and route at start: nobody who runs Waybill wants that. */
const bootNoise = new Set([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'WebSocketsController',
  'NestFactory',
  'NestApplication',
]);

/** pino for Nest, without the framework's own list of modules and routes. */
@Injectable()
export class ServerLogger extends Logger {
  override log(message: unknown, ...params: unknown[]): void {
    const context: unknown = params.at(-1);
    if (typeof context !== 'string' || !bootNoise.has(context)) super.log(message, ...params);
  }
}
