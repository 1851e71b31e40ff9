import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Database } from '@waybill/database';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Public } from '../common/access.decorators.js';
import { Answers } from '../common/answers.decorator.js';
import { version } from '../common/version.js';
import { DATABASE } from '../database/database.module.js';
import { EnginesService } from '../engines/engines.service.js';

const Health = z.object({ status: z.literal('ok'), version: z.string() }).meta({ id: 'Health' });
const Ready = z
  .object({
    ready: z.boolean(),
    database: z.boolean(),
    engines: z.array(z.object({ slug: z.string(), connected: z.boolean() })),
  })
  .meta({ id: 'Ready' });

@ApiTags('health')
@Controller('api/v1')
export class HealthController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly engines: EnginesService,
  ) {}

  /** 200 as soon as the process serves. */
  @Get('health')
  @Public()
  @Answers(Health)
  health(): z.infer<typeof Health> {
    return { status: 'ok', version };
  }

  /** 200 while the database answers; an engine that is away is told, but the page and the record work without it. */
  @Get('ready')
  @Public()
  @Answers(Ready)
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<z.infer<typeof Ready>> {
    const database = await this.database.ping();
    if (!database) void reply.status(503);
    return {
      ready: database,
      database,
      engines: this.engines.list().map(({ slug, state }) => ({ slug, connected: state === 'connected' })),
    };
  }
}
