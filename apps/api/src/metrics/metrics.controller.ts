import { Controller, Get, Header, Headers, Inject, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { WaybillError } from '@waybill/contract';
import type { FastifyReply } from 'fastify';
import { isSameSecret } from '../access/secrets.js';
import { Public } from '../common/access.decorators.js';
import { CONFIG, type Config } from '../config/config.js';
import { Metrics } from './metrics.service.js';

/** For Prometheus, at its own address: not part of the API, and behind a token of its own. */
@ApiExcludeController()
@Controller('metrics')
export class MetricsController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly metrics: Metrics,
  ) {}

  /** Prometheus' text format. @throws WaybillError route.not_found while no token is set; auth.required without it */
  @Get()
  @Public()
  @Header('cache-control', 'no-store')
  async read(
    @Headers('authorization') authorization: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { metricsToken } = this.config;
    if (metricsToken === null) throw new WaybillError('route.not_found', 'Set WAYBILL_METRICS_TOKEN to have metrics.');
    const given = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
    if (!isSameSecret(given, metricsToken))
      throw new WaybillError(
        'auth.required',
        'Send the metrics token: Authorization: Bearer, then WAYBILL_METRICS_TOKEN.',
      );
    const { type, text } = await this.metrics.read();
    void reply.type(type);
    return text;
  }
}
