import { Param } from '@nestjs/common';
import { EngineSlug } from '@waybill/contract';

/** The engine's slug out of the path. */
export const EngineParam = () => Param('engine', { schema: EngineSlug });
