import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineKind } from '../engine/daemon-config.js';
import { createLayeredImage, pushImage } from '../images/images.js';
import type { Log } from '../processes.js';
import type { RegistryAuth } from '../registry/registry-config.js';
import { createWorld, type World } from '../world.js';
import {
  DEMO_ADMIN,
  DEMO_IMAGES,
  DEMO_LOGIN,
  DEMO_PASSWORD,
  DEMO_PEOPLE,
  DEMO_REGISTRIES,
  DEMO_SERVICE,
  DEMO_SERVICE_SCOPES,
  type DemoPerson,
} from './demo-data.js';
import { startServer, type ServerProcess } from './server-process.js';
import { WaybillClient } from './waybill-client.js';

export interface DemoOptions {
  /** The built server: apps/api/dist/main.js. */
  readonly main: string;
  readonly port?: number;
  /** Default: the machine's own docker.io. */
  readonly engine?: EngineKind;
  /** Let apt-get bring what lacks. Default: no. */
  readonly install?: boolean;
  /** Pushes and more on record, so that the pages are not empty. Default: yes. */
  readonly history?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  /** What happens, step by step, for people. */
  readonly say?: Log;
}

export interface Demo {
  readonly url: string;
  readonly server: ServerProcess;
  readonly world: World<EngineKind, RegistryAuth>;
  /** Everybody who may log in, the admin first. */
  readonly people: readonly DemoPerson[];
  readonly password: string;
  /** Addresses by login form. */
  readonly addresses: Readonly<Record<RegistryAuth, string>>;
  /** The service account's name and the secret of its token. */
  readonly service: { readonly username: string; readonly token: string };
  as(username: string): Promise<WaybillClient>;
  /** Ends everything and removes its folder. */
  stop(): Promise<void>;
}

/**
 * A whole world to try Waybill in: an engine, three registries, images, four people, a service account and some deeds on
 * record, all in a throw-away folder.
 * @throws MissingPartsError with one sentence; Error of the part that failed, after the others were ended
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const say = options.say ?? (() => undefined);
  const kind = options.engine ?? 'old';
  say('Starting an engine and three registries');
  const world = await createWorld<EngineKind, RegistryAuth>({
    engines: [kind],
    registries: ['token', 'htpasswd', 'none'],
    users: [DEMO_LOGIN],
    mirror: true,
    install: options.install ?? false,
  });
  let server: ServerProcess | undefined;
  const stop = async (): Promise<void> => {
    await server?.stop();
    await world.stop();
    await rm(world.dir, { recursive: true, force: true });
  };
  try {
    say('Starting Waybill');
    server = await startServer({
      main: options.main,
      dataFolder: join(world.dir, 'data'),
      ...(options.port === undefined ? {} : { port: options.port }),
      environment: {
        WAYBILL_ENGINE_HOST: world.engines[kind].host,
        WAYBILL_ADMIN_USERNAME: DEMO_ADMIN.username,
        WAYBILL_ADMIN_PASSWORD: DEMO_PASSWORD,
        WAYBILL_LOG_LEVEL: 'warn',
        ...options.environment,
      },
    });
    const demo = new RunningDemo(server, world, kind, stop);
    say('Entering people and registries');
    await demo.enterPeople();
    await demo.enterRegistries();
    say('Making images');
    await demo.makeImages();
    if (options.history ?? true) {
      say('Pulling and pushing, so that there is something on record');
      await demo.makeHistory();
    }
    return demo;
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Entered {
  readonly id: string;
}
interface Checked {
  readonly ok: boolean;
  readonly realm: { readonly url: string } | null;
  readonly realmConfirmed: boolean;
}

class RunningDemo implements Demo {
  readonly url: string;
  readonly people = [DEMO_ADMIN, ...DEMO_PEOPLE];
  readonly password = DEMO_PASSWORD;
  readonly addresses: Readonly<Record<RegistryAuth, string>>;
  readonly server: ServerProcess;
  readonly world: World<EngineKind, RegistryAuth>;
  readonly stop: () => Promise<void>;
  readonly #kind: EngineKind;
  service = { username: DEMO_SERVICE.username as string, token: '' };
  readonly #logins = new Map<string, Promise<WaybillClient>>();

  constructor(
    server: ServerProcess,
    world: World<EngineKind, RegistryAuth>,
    kind: EngineKind,
    stop: () => Promise<void>,
  ) {
    this.server = server;
    this.world = world;
    this.url = server.url;
    this.stop = stop;
    this.#kind = kind;
    const { none, htpasswd, token } = world.registries;
    this.addresses = { none: none.address, htpasswd: htpasswd.address, token: token.address };
  }

  as(username: string): Promise<WaybillClient> {
    const known = this.#logins.get(username);
    const login = known ?? new WaybillClient(this.url).login(username, this.password);
    this.#logins.set(username, login);
    return login;
  }

  async enterPeople(): Promise<void> {
    const admin = await this.as(DEMO_ADMIN.username);
    await admin.must('PATCH', '/api/v1/session/profile', { displayName: DEMO_ADMIN.displayName });
    for (const person of DEMO_PEOPLE) await admin.must('POST', '/api/v1/users', { ...person, password: this.password });
    const { id } = await admin.must<Entered>('POST', '/api/v1/users', DEMO_SERVICE);
    const { secret } = await admin.must<{ secret: string }>('POST', `/api/v1/users/${id}/tokens`, {
      name: 'pipeline',
      scopes: DEMO_SERVICE_SCOPES,
    });
    this.service = { username: DEMO_SERVICE.username, token: secret };
    this.#logins.set(DEMO_SERVICE.username, Promise.resolve(new WaybillClient(this.url, { token: secret })));
  }

  async enterRegistries(): Promise<void> {
    const admin = await this.as(DEMO_ADMIN.username);
    for (const { auth, name } of DEMO_REGISTRIES) {
      const login = auth === 'none' ? {} : { username: DEMO_LOGIN.name, secret: DEMO_LOGIN.password };
      const registry = await admin.must<Entered>('POST', '/api/v1/registries', {
        name,
        address: this.addresses[auth],
        insecure: true,
        ...login,
      });
      const check = `/api/v1/registries/${registry.id}/check`;
      const first = await admin.must<Checked>('POST', check, {});
      const last = first.realmConfirmed
        ? first
        : await admin.must<Checked>('POST', check, { confirmRealm: first.realm?.url });
      if (!last.ok) throw new Error(`The check of ${name} failed: ${JSON.stringify(last)}`);
    }
  }

  async makeImages(): Promise<void> {
    const engine = this.world.engines[this.#kind];
    for (const { auth, name, layers, bytesPerLayer } of DEMO_IMAGES) {
      await createLayeredImage(engine, {
        reference: `${this.addresses[auth]}/${name}`,
        layers,
        bytesPerLayer,
        seed: name,
      });
    }
    await pushImage(engine, `${this.addresses.none}/tools/linter:9`, `${this.addresses.none}/tools/base:12`);
  }

  async makeHistory(): Promise<void> {
    for (const { auth, name, pushedBy } of DEMO_IMAGES) {
      if (pushedBy) await this.#transfer(pushedBy, 'push', `${this.addresses[auth]}/${name}`);
    }
    await this.#transfer('wei', 'pull', `${this.addresses.none}/tools/base:12`);
    await this.#transfer('wei', 'pull', 'busybox:latest');
    // What goes wrong is on record, too: a push that wei may not do, a tag that is not there, and one that ada thought better of.
    await this.#transfer('wei', 'push', `${this.addresses.token}/shop/checkout:2.4.0`);
    await this.#transfer('ada', 'pull', `${this.addresses.token}/shop/checkout:3.0.0`);
    await this.#beginAndCancel('ada', `${this.addresses.token}/shop/checkout:2.4.0`);
  }

  async #beginAndCancel(username: string, reference: string): Promise<void> {
    const client = await this.as(username);
    const { operation } = await client.must<{ operation: Entered }>('POST', '/api/v1/engines/local/images/push', {
      reference,
    });
    await client.must('POST', `/api/v1/operations/${operation.id}/cancel`, {});
  }

  async #transfer(username: string, action: 'pull' | 'push', reference: string): Promise<void> {
    const client = await this.as(username);
    await client.call('POST', `/api/v1/engines/local/images/${action}?wait=120`, { reference });
  }
}
