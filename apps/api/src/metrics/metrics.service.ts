import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Record as AuditRecord } from '../audit/record.service.js';
import { version } from '../common/version.js';
import { CONFIG, type Config } from '../config/config.js';
import { EnginesService } from '../engines/engines.service.js';
import { LiveGateway } from '../live/live.gateway.js';
import { OperationEvents } from '../operations/operation.events.js';
import { OperationScheduler } from '../operations/operation.scheduler.js';

/** Seconds. A pull that waits for its end (`?wait=60`) stands in the last one. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

interface Meters {
  registry: Registry;
  requests: Histogram<'method' | 'route' | 'status'>;
  ended: Counter<'kind' | 'state'>;
}

/** What is measured, from where it is: counted as it happens, or read when a scraper asks. Nothing while no token is set. */
@Injectable()
export class Metrics implements OnModuleInit, OnModuleDestroy {
  private meters: Meters | null = null;
  private off: () => void = () => undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly operations: OperationScheduler,
    private readonly events: OperationEvents,
    private readonly engines: EnginesService,
    private readonly record: AuditRecord,
    private readonly live: LiveGateway,
  ) {}

  /** The library costs memory, so it is loaded only where somebody asks for metrics. */
  async onModuleInit(): Promise<void> {
    if (this.config.metricsToken === null) return;
    const { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } = await import('prom-client');
    const registry = new Registry();
    const registers = [registry];
    collectDefaultMetrics({ register: registry });
    const gauge = <L extends string>(name: string, help: string, labelNames: L[], read: (into: Gauge<L>) => void) =>
      new Gauge<L>({
        name,
        help,
        labelNames,
        registers,
        collect() {
          this.reset();
          read(this);
        },
      });
    gauge('waybill_info', 'The version that runs.', ['version'], (into) => into.set({ version }, 1));
    this.gaugeWork(gauge);
    this.gaugeRecord(gauge);
    gauge('waybill_live_sockets', 'Windows that are connected to the live door.', [], (into) =>
      into.set(this.live.sockets),
    );
    this.meters = {
      registry,
      requests: new Histogram({
        name: 'waybill_http_request_duration_seconds',
        help: 'Answered requests, by the pattern of their route.',
        labelNames: ['method', 'route', 'status'],
        buckets,
        registers,
      }),
      ended: new Counter({
        name: 'waybill_operations_ended_total',
        help: 'Operations that have ended since the start.',
        labelNames: ['kind', 'state'],
        registers,
      }),
    };
    const { ended } = this.meters;
    this.off = this.events.on('changed', ({ kind, state, endedAt }) => {
      if (endedAt) ended.inc({ kind, state });
    });
  }

  onModuleDestroy(): void {
    this.off();
    this.meters?.registry.clear();
  }

  /** Prometheus' text format and its media type. @throws Error while no token is set */
  async read(): Promise<{ type: string; text: string }> {
    if (!this.meters) throw new Error('Without a token nothing is measured.');
    const { registry } = this.meters;
    return { type: registry.contentType, text: await registry.metrics() };
  }

  /** Notes how long each answer took, by the pattern of its route: an address that is no route is told as one. */
  timeRequests(fastify: FastifyInstance): void {
    if (this.config.metricsToken === null) return;
    fastify.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'none';
      const method = methods.has(request.method) ? request.method : 'other';
      this.meters?.requests.observe({ method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
      done();
    });
  }

  private gaugeWork(gauge: MakeGauge): void {
    gauge('waybill_operations', 'Operations that have not ended.', ['engine', 'kind', 'state'], (into) => {
      for (const { operation } of this.operations.all()) {
        const { engine, kind, state } = operation;
        into.inc({ engine, kind, state });
      }
    });
    gauge('waybill_queue_length', 'Operations that wait for their turn on an engine.', ['engine'], (into) => {
      for (const { slug } of this.engines.list()) into.set({ engine: slug }, 0);
      for (const { operation } of this.operations.all())
        if (operation.state === 'queued') into.inc({ engine: operation.engine });
    });
    gauge('waybill_engine_connected', '1 while the engine answers, else 0.', ['engine'], (into) => {
      for (const { slug, state } of this.engines.list()) into.set({ engine: slug }, state === 'connected' ? 1 : 0);
    });
  }

  private gaugeRecord(gauge: MakeGauge): void {
    gauge('waybill_record_last_seq', 'The number of the last event that is written.', [], (into) =>
      into.set(this.record.headSeq),
    );
    gauge('waybill_record_queue_length', 'Writes of the record that are asked for and not done.', [], (into) =>
      into.set(this.record.backlog.jobs),
    );
    gauge('waybill_record_lag_seconds', 'How long the oldest of them has waited.', [], (into) =>
      into.set(this.record.backlog.oldestMs / 1000),
    );
    gauge(
      'waybill_record_failing',
      '1 while the record can not be written, so that new deeds are refused.',
      [],
      (into) => into.set(this.record.isFailing ? 1 : 0),
    );
  }
}

type MakeGauge = <L extends string>(
  name: string,
  help: string,
  labelNames: L[],
  read: (into: Gauge<L>) => void,
) => unknown;
