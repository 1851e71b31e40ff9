import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { WaybillError } from '@waybill/contract';
import type { FastifyRequest } from 'fastify';
import {
  ACCESS_CONFIRMED,
  ACCESS_DENIED_AS,
  ACCESS_RULE,
  ACCESS_SESSION_ONLY,
  type AccessRule,
  type DeniedDeed,
} from '../common/access.decorators.js';
import type { ActorContext } from '../common/actor-context.js';
import { AccessService, refuseTokenInUrl, refuseUnknown } from './access.service.js';
import { AccessDenials } from './access.denials.js';
import { Origins } from './origins.js';
import { factsOf } from './request-facts.js';

/** Methods that change nothing (RFC 9110, 9.2.1). */
const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

interface Declared {
  rule: AccessRule;
  isConfirmed: boolean;
  isSessionOnly: boolean;
  deniedAs: DeniedDeed | undefined;
}

/** The one place that judges access, for every route and every gateway handler. What declares nothing is refused. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly access: AccessService,
    private readonly origins: Origins,
    private readonly denials: AccessDenials,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const declared = this.declarationOf(context);
    if (context.getType() === 'http')
      await this.judgeRequest(context.switchToHttp().getRequest<FastifyRequest>(), declared);
    else this.judgeMessage(context, declared);
    return true;
  }

  private declarationOf(context: ExecutionContext): Declared {
    const read = <T>(key: string) =>
      this.reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
    const rule = read<AccessRule>(ACCESS_RULE);
    if (!rule)
      throw new WaybillError('permission.denied', 'This address declares no access, so nobody has it. Report it.');
    return {
      rule,
      isConfirmed: read<boolean>(ACCESS_CONFIRMED) ?? false,
      isSessionOnly: read<boolean>(ACCESS_SESSION_ONLY) ?? false,
      deniedAs: read<DeniedDeed>(ACCESS_DENIED_AS),
    };
  }

  private async judgeRequest(request: FastifyRequest, declared: Declared): Promise<void> {
    refuseTokenInUrl(request.url);
    if (!safe.has(request.method)) {
      this.access.refuseForeign(
        request.headers,
        this.origins.remoteOf(request.headers, request.raw.socket.remoteAddress),
      );
    }
    if (declared.rule.kind === 'public') return;
    const who = (await this.access.authenticate(request.headers, factsOf(request))) ?? refuseUnknown();
    request.actorContext = who;
    try {
      judge(who, declared);
    } catch (error) {
      if (error instanceof WaybillError) await this.denials.note(who, request, error, declared.deniedAs);
      throw error;
    }
  }

  /** A gateway puts the ActorContext of the handshake on the socket; it is judged again for each message. */
  private judgeMessage(context: ExecutionContext, declared: Declared): void {
    if (declared.rule.kind === 'public') return;
    const { data } = context.switchToWs().getClient<{ data?: { who?: ActorContext } }>();
    judge(data?.who ?? refuseUnknown(), declared);
  }
}

/** @throws WaybillError that says what is missing */
function judge(who: ActorContext, { rule, isConfirmed, isSessionOnly }: Declared): void {
  if ((isSessionOnly || isConfirmed) && !who.sessionId) {
    throw new WaybillError('auth.session_required', 'Log in with a password for this: no token may do it.');
  }
  const missing = rule.permissions.filter((permission) => !who.permissions.has(permission));
  if (missing.length) {
    throw new WaybillError(
      'permission.denied',
      `This needs the permission ${missing.join(' and ')}. Ask an admin for a role that has it.`,
      {
        extra: { missing },
      },
    );
  }
  if (isConfirmed && (who.confirmedUntil === null || who.confirmedUntil <= new Date())) {
    throw new WaybillError('auth.confirm_required', 'Give the password again with POST /api/v1/session/confirm.');
  }
}
