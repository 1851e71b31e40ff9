export { parseEngineHost, type EngineTarget, type EngineTls } from './host/engine-target.js';
export { defaultEngineHost, environmentTls, findEngineHost, type FoundEngineHost } from './host/find-engine-host.js';
export {
  EngineClient,
  type EngineClientOptions,
  type EngineFilters,
  type ListImagesOptions,
} from './client/engine-client.js';
export { operationUserAgent, type EngineLogin, type PullTransfer, type TransferRequest } from './client/transfer.js';
export type { ImageUsage, RemovedImages } from './client/removal.js';
export type { EngineVersion } from './client/engine-calls.js';
export type { EngineEvent } from './client/events.js';
export { adviceOf, isEngineLost } from './errors/errors.js';
export { scrub } from './errors/scrub.js';
export type { EngineLine } from './stream/engine-line.js';
export { decodeJsonLines } from './stream/json-lines.js';
export {
  createTransferProgress,
  TransferProgress,
  type TransferChanges,
  type TransferProgressOptions,
} from './progress/transfer-progress.js';
export { transcriptText } from './transcript/transcript-text.js';
export { createTranscript, TranscriptKeeper } from './transcript/transcript.js';
export {
  EngineConnection,
  type EngineConnectionEvents,
  type EngineConnectionOptions,
} from './connection/engine-connection.js';
export { ImageCatalog, type ImageCatalogOptions, type ImageFilter } from './catalog/image-catalog.js';
export { forecastPrune } from './catalog/prune-forecast.js';
export { forecastRemoval } from './catalog/removal-forecast.js';
