import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { WaybillError, type EngineInfo, type EngineSummary } from '@waybill/contract';
import { EngineClient, EngineConnection, ImageCatalog, findEngineHost } from '@waybill/engine';
import { CONFIG, type Config } from '../config/config.js';
import { EngineEvents } from './engine.events.js';

/** The engines of this instance: one for now, `local`. Everything that speaks to one goes through here. */
@Injectable()
export class EnginesService implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('Engines');
  private readonly engines = new Map<string, { connection: EngineConnection; catalog: ImageCatalog }>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly events: EngineEvents,
  ) {}

  onModuleInit(): void {
    const named = this.config.engineHost;
    const environment = { ...this.config.engineEnvironment, ...(named ? { DOCKER_HOST: named } : {}) };
    const { host, source, tls } = findEngineHost(environment, this.config.home);
    this.logger.log(`Engine local is ${host} (${named ? 'WAYBILL_ENGINE_HOST' : source}).`);
    this.add(new EngineClient({ slug: 'local', host, tls }));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(
      [...this.engines.values()].map(async ({ connection, catalog }) => {
        catalog.close();
        await connection.stop();
      }),
    );
  }

  list(): EngineSummary[] {
    return [...this.engines.values()].map(({ connection }) => connection.summary());
  }

  /** @throws WaybillError engine.not_found */
  summary(slug: string): EngineSummary {
    return this.engine(slug).connection.summary();
  }

  /** Asked for each time: it holds counts. @throws WaybillError engine.* */
  info(slug: string): Promise<EngineInfo> {
    return this.client(slug).info();
  }

  /** @throws WaybillError engine.not_found; engine.unreachable and kin while it is away */
  client(slug: string): EngineClient {
    const { connection } = this.engine(slug);
    connection.assertConnected();
    return connection.client;
  }

  /** @throws WaybillError engine.not_found */
  catalog(slug: string): ImageCatalog {
    return this.engine(slug).catalog;
  }

  /** The Engine's own ID, as events carry it; null until it was reached once. */
  engineId(slug: string): string | null {
    return this.engines.get(slug)?.connection.info?.id ?? null;
  }

  usesContainerdStore(slug: string): boolean {
    return this.engines.get(slug)?.connection.info?.containerdStore ?? false;
  }

  private add(client: EngineClient): void {
    const connection = new EngineConnection({ client });
    const catalog = new ImageCatalog({ client, connection });
    this.engines.set(client.slug, { connection, catalog });
    connection.on('state', (summary) => {
      this.logger[summary.state === 'unreachable' ? 'warn' : 'log'](
        `Engine ${summary.slug} is ${summary.state}. ${summary.error?.detail ?? ''}`,
      );
      this.events.emit('state', summary);
    });
    catalog.on('stale', () => this.events.emit('images', { engine: client.slug }));
    connection.start();
  }

  private engine(slug: string): { connection: EngineConnection; catalog: ImageCatalog } {
    const found = this.engines.get(slug);
    if (!found) throw new WaybillError('engine.not_found', `There is no engine ${slug}.`);
    return found;
  }
}
