import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { WaybillError, type EngineInfo, type EngineSummary } from '@waybill/contract';
import { EngineConnection, findEngineHost, type EngineClient, type ImageCatalog } from '@waybill/engine';
import { CONFIG, type Config } from '../config/config.js';
import { EngineEvents } from './engine.events.js';

/** The engines of this instance: one for now, `local`. Everything that speaks to one goes through here. */
@Injectable()
export class EnginesService implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('Engines');
  private readonly connections = new Map<string, EngineConnection>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly events: EngineEvents,
  ) {}

  async onModuleInit(): Promise<void> {
    const environment = { ...this.config.engineEnvironment, ...(this.config.engineHost ? { DOCKER_HOST: this.config.engineHost } : {}) };
    const { host, source, tls } = await findEngineHost(environment, this.config.home);
    this.logger.log(`Engine local is ${host} (${this.config.engineHost ? 'WAYBILL_ENGINE_HOST' : source}).`);
    const connection = new EngineConnection({ slug: 'local', name: 'local', host, ...(tls ? { tls } : {}) });
    this.connections.set('local', connection);
    connection.on('state', (summary) => {
      this.logger[summary.state === 'unreachable' ? 'warn' : 'log'](`Engine ${summary.slug} is ${summary.state}. ${summary.error?.detail ?? ''}`);
      this.events.emit('state', summary);
    });
    connection.catalog.on('stale', () => this.events.emit('images', { engine: 'local' }));
    connection.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([...this.connections.values()].map((one) => one.stop()));
  }

  list(): EngineSummary[] {
    return [...this.connections.values()].map((one) => one.summary());
  }

  /** @throws WaybillError engine.not_found */
  summary(slug: string): EngineSummary {
    return this.connection(slug).summary();
  }

  /** Asked for each time: it holds counts. @throws WaybillError engine.* */
  info(slug: string): Promise<EngineInfo> {
    return this.client(slug).info(slug);
  }

  /** @throws WaybillError engine.not_found; engine.unreachable and kin while it is away */
  client(slug: string): EngineClient {
    return this.connection(slug).client();
  }

  /** @throws WaybillError engine.not_found */
  catalog(slug: string): ImageCatalog {
    return this.connection(slug).catalog;
  }

  /** The Engine's own ID, as events carry it; null until it was reached once. */
  engineId(slug: string): string | null {
    return this.connections.get(slug)?.summary().id ?? null;
  }

  usesContainerdStore(slug: string): boolean {
    return this.connections.get(slug)?.containerdStore ?? false;
  }

  private connection(slug: string): EngineConnection {
    const found = this.connections.get(slug);
    if (!found) throw new WaybillError('engine.not_found', `There is no engine ${slug}.`);
    return found;
  }
}
