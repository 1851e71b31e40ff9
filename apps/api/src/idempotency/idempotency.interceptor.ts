import { createHash } from 'node:crypto';
import { Injectable, Logger, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { WaybillError } from '@waybill/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { HOLDS_SECRET, TAKES_SECRET } from '../common/access.decorators.js';
import { IdempotencyRepository, type KeptAnswer, type KeyPlace } from './idempotency.repository.js';

/**
 * A mutation with an `Idempotency-Key` is done once: keyed by actor, route, key and body, for 24 hours. Who asks again, even
 * at the same time, gets the first one's answer. A request that failed did nothing and frees its key. Where the body may
 * hold a password, the key is passed over.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly logger = new Logger('Idempotency');
  private readonly running = new Map<string, { bodyHash: string; answer: Promise<KeptAnswer> }>();

  constructor(
    private readonly keys: IdempotencyRepository,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = request.headers['idempotency-key'];
    const actorId = request.actorContext?.actor.id;
    if (key === undefined || !actorId || request.method === 'GET' || request.method === 'HEAD') return next.handle();
    if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
      throw new WaybillError('request.invalid', 'An Idempotency-Key has 1 to 255 visible ASCII characters.');
    }
    if (this.declares(TAKES_SECRET, context)) return next.handle();
    const place = { actorId, route: `${request.method} ${request.url.split('?')[0]}`, key };
    const secret = this.declares(HOLDS_SECRET, context);
    return from(this.once(place, hashOf(request), secret, context.switchToHttp().getResponse<FastifyReply>(), next));
  }

  private declares(what: string, context: ExecutionContext): boolean {
    return this.reflector.get<boolean | undefined>(what, context.getHandler()) ?? false;
  }

  private async once(
    place: KeyPlace,
    bodyHash: string,
    secret: boolean,
    reply: FastifyReply,
    next: CallHandler,
  ): Promise<unknown> {
    const name = JSON.stringify(place);
    const same = this.running.get(name);
    if (same) {
      refuseOther(same.bodyHash, bodyHash);
      return replay(await same.answer, reply);
    }
    const answer = this.first(place, bodyHash, secret, reply, next);
    this.running.set(name, { bodyHash, answer: answer.then(({ kept }) => kept) });
    // Those who wait for it hear of the failure themselves.
    this.running.get(name)?.answer.catch(() => undefined);
    try {
      return (await answer).value;
    } finally {
      this.running.delete(name);
    }
  }

  private async first(
    place: KeyPlace,
    bodyHash: string,
    secret: boolean,
    reply: FastifyReply,
    next: CallHandler,
  ): Promise<{ value: unknown; kept: KeptAnswer }> {
    const known = await this.keys.take(place, bodyHash);
    if (known) {
      refuseOther(known.bodyHash, bodyHash);
      return { value: replay(known, reply), kept: known };
    }
    const value = await this.handle(place, next);
    const response: object | null = secret ? null : (value ?? {});
    const kept = { bodyHash, status: reply.statusCode, response };
    await this.keep(place, kept.status, response);
    return { value, kept };
  }

  /** A request that failed did nothing: its key is free again. */
  private async handle(place: KeyPlace, next: CallHandler): Promise<object | undefined> {
    try {
      return (await lastValueFrom(next.handle())) as object | undefined;
    } catch (error) {
      await this.keys.release(place);
      throw error;
    }
  }

  /** The deed is done, whether or not its answer can be kept; the key stays taken, so that nothing is done twice. */
  private async keep(place: KeyPlace, status: number, response: object | null): Promise<void> {
    try {
      await this.keys.keep(place, status, response);
    } catch (error) {
      this.logger.error({ err: error }, 'The answer to an Idempotency-Key could not be kept.');
    }
  }
}

function hashOf(request: FastifyRequest): string {
  return createHash('sha256')
    .update(JSON.stringify(request.body ?? null))
    .update(request.url.split('?')[1] ?? '')
    .digest('hex');
}

function refuseOther(kept: string, asked: string): void {
  if (kept !== asked) throw new WaybillError('idempotency.mismatch', 'Use a new Idempotency-Key for another request.');
}

function replay(kept: KeptAnswer, reply: FastifyReply): unknown {
  if (kept.status === null)
    throw new WaybillError(
      'idempotency.in_progress',
      'Waybill was stopped under the first request; look what it did, and use a new key.',
    );
  if (kept.response === null)
    throw new WaybillError('idempotency.not_replayable', 'The secret of the first answer was shown once and not kept.');
  void reply.status(kept.status).header('idempotency-replayed', 'true');
  return kept.response;
}
