export { ensureParts, installCommand, missingPackages, MissingPartsError, type PartKind } from './parts.js';
export { freePort } from './ports.js';
export { stopAll, stopAllOnSignals, type Log } from './processes.js';
export { startEngine, type Engine, type StartEngineOptions } from './engine/start-engine.js';
export type { EngineKind } from './engine/daemon-config.js';
export { ensureModernRoot, modernRootFolder } from './engine/modern-root.js';
export { engineCall, engineMust, parseLines, type EngineAnswer, type EngineCall } from './engine/engine-call.js';
export {
  createBaseImage,
  createLayeredImage,
  pushImage,
  pushedDigest,
  registryAuthHeader,
  removeImage,
  type EngineSocket,
  type LayeredImage,
} from './images/images.js';
export { startRegistry, type Registry, type StartRegistryOptions } from './registry/start-registry.js';
export type { RegistryAuth, RegistryNotification } from './registry/registry-config.js';
export type { RegistryUser, TokenRequest } from './registry/token-server.js';
export { startFaultProxy, type FaultMode, type FaultProxy, type ProxiedRequest } from './registry/fault-proxy.js';
export { createDatabase, startPostgres, type Postgres } from './postgres.js';
export { startNginx, type Nginx } from './nginx.js';
export { BASE_IMAGE, WORLD_USERS, createWorld, fillMirror, partsOf, type World, type WorldOptions } from './world.js';
export { sharedTestWorld, stopSharedTestWorld, type SharedTestWorld } from './shared/shared-world.js';
export type { SharedEngine, SharedRegistry, SharedState } from './shared/state.js';
export { startDemo, type Demo, type DemoOptions } from './demo/demo.js';
export { type DemoImage, type DemoPerson, DEMO_IMAGES } from './demo/demo-data.js';
export { startServer, type ServerOptions, type ServerProcess } from './demo/server-process.js';
export { WaybillClient, type Answer } from './demo/waybill-client.js';
