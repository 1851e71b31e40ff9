import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';

type Glue = typeof import('@prisma/schema-engine-wasm/schema_engine_bg');
interface EngineExports {
  __wbindgen_start(): void;
}
interface LoadableGlue extends Omit<Glue, 'SchemaEngine'> {
  SchemaEngine: SchemaEngineClass;
  __wbg_set_wasm(exports: EngineExports): void;
}
// Node has it, its types leave it to the browser's.
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: EngineExports } }>;
};
interface SchemaEngineClass {
  new: (
    options: { datamodels: [string, string][] },
    log: (message: string) => void,
    factory: ReturnType<typeof bindMigrationAwareSqlAdapterFactory>,
  ) => Promise<SchemaEngine>;
}

let loading: Promise<SchemaEngineClass> | undefined;

/** Prisma's own migration engine as WebAssembly: the native one would be downloaded. */
function loadEngineClass(): Promise<SchemaEngineClass> {
  loading ??= (async () => {
    const glue = (await import('@prisma/schema-engine-wasm/schema_engine_bg')) as unknown as LoadableGlue;
    const beside = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
    const { instance } = await WebAssembly.instantiate(readFileSync(beside.replace(/\.js$/, '.wasm')), {
      './schema_engine_bg.js': withIdleTimers(glue),
    });
    glue.__wbg_set_wasm(instance.exports);
    instance.exports.__wbindgen_start();
    return glue.SchemaEngine;
  })();
  return loading;
}

/** The engine never takes back the 10 s that it waits for PostgreSQL's migration lock: they must not keep a process alive. */
function withIdleTimers(glue: LoadableGlue): object {
  const imports = Object.entries(glue).map(([name, call]: [string, unknown]) => {
    if (!name.startsWith('__wbg_setTimeout_') || typeof call !== 'function') return [name, call];
    return [name, (...args: unknown[]) => (call as (...args: unknown[]) => NodeJS.Timeout)(...args).unref()];
  });
  return Object.fromEntries(imports) as object;
}

/**
 * Works with the schema engine on a database, and lets go of every connection that it was given: the engine leaves
 * SQLite in locking_mode=EXCLUSIVE, and freeing it closes nothing.
 */
export async function withSchemaEngine<T>(
  factory: SqlMigrationAwareDriverAdapterFactory,
  datamodels: [string, string][],
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const connections: SqlDriverAdapter[] = [];
  const keep = async (connecting: Promise<SqlDriverAdapter>): Promise<SqlDriverAdapter> => {
    const connection = await connecting;
    const dispose = connection.dispose.bind(connection);
    let disposed: Promise<void> | undefined;
    connection.dispose = () => (disposed ??= dispose());
    connections.push(connection);
    return connection;
  };
  const tracked: SqlMigrationAwareDriverAdapterFactory = {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: () => keep(factory.connect()),
    connectToShadowDb: async () => asShadow(await keep(factory.connectToShadowDb())),
  };
  const Engine = await loadEngineClass();
  const engine = await Engine.new({ datamodels }, () => undefined, bindMigrationAwareSqlAdapterFactory(tracked));
  try {
    return await work(engine);
  } finally {
    for (const connection of connections) await connection.dispose();
  }
}

/**
 * Two traps of the adapters: a whole script comes to the shadow database as one executeRaw, of which node:sqlite runs only
 * the first statement; and the PostgreSQL adapter cannot read the type "char", which the engine selects.
 */
function asShadow(connection: SqlDriverAdapter): SqlDriverAdapter {
  const executeRaw = connection.executeRaw.bind(connection);
  connection.executeRaw = async (query) => {
    if (query.args.length > 0) return executeRaw(query);
    await connection.executeScript(query.sql);
    return 0;
  };
  const queryRaw = connection.queryRaw.bind(connection);
  connection.queryRaw = (query) => queryRaw({ ...query, sql: readableSelect(query.sql) });
  return connection;
}

const readableSelect = (sql: string): string =>
  sql
    .replace('constr.contype AS', 'constr.contype::text AS')
    .replace(/\bcon\.(conf(?:del|upd)type),/g, 'con.$1::text AS $1,');
