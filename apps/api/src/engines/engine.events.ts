import { Injectable } from '@nestjs/common';
import type { EngineSummary } from '@waybill/contract';
import { Emitter } from '../common/emitter.js';

/** What happens to engines, for those who relay it. */
@Injectable()
export class EngineEvents extends Emitter<{
  state: EngineSummary;
  /** The image list of this engine is stale. */
  images: { engine: string };
}> {}
