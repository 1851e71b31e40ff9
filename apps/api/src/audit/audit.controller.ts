import { Controller, Get, Header, Param, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  AuditEvent,
  AuditEventList,
  AuditExportQuery,
  AuditHistogram,
  AuditHistogramQuery,
  AuditQuery,
  type List,
} from '@waybill/contract';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Needs } from '../common/access.decorators.js';
import { Who, type ActorContext } from '../common/actor-context.js';
import { Answers, AnswersStream } from '../common/answers.decorator.js';
import { AuditExportService } from './audit-export.service.js';
import { AuditService } from './audit.service.js';

const Seq = z.coerce.number().int().min(1);

/** The record can be read and exported; there is no way to change or remove an event. */
@ApiTags('audit')
@Controller('api/v1/audit')
export class AuditController {
  constructor(
    private readonly audit: AuditService,
    private readonly exports: AuditExportService,
  ) {}

  @Get('events')
  @Needs('audit.read')
  @Answers(AuditEventList)
  list(@Query({ schema: AuditQuery }) query: AuditQuery): Promise<List<AuditEvent>> {
    return this.audit.list(query);
  }

  @Get('events/:seq')
  @Needs('audit.read')
  @Answers(AuditEvent)
  get(@Param('seq', { schema: Seq }) seq: number): Promise<AuditEvent> {
    return this.audit.get(seq);
  }

  @Get('histogram')
  @Needs('audit.read')
  @Answers(AuditHistogram)
  histogram(@Query({ schema: AuditHistogramQuery }) query: AuditHistogramQuery): Promise<AuditHistogram> {
    return this.audit.histogram(query);
  }

  /** Exactly what is filtered, as one file, oldest first. NDJSON has one event a line, as it is stored. */
  @Get('export')
  @Needs('audit.export')
  @Header('cache-control', 'no-store')
  @AnswersStream('text/csv', 'application/x-ndjson')
  async export(
    @Query({ schema: AuditExportQuery }) query: AuditExportQuery,
    @Who() who: ActorContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { stream, type, name } = await this.exports.export(query, who);
    void reply.header('x-accel-buffering', 'no');
    return new StreamableFile(stream, { type, disposition: `attachment; filename="${name}"` });
  }
}
