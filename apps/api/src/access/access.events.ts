import { Injectable } from '@nestjs/common';
import { Emitter } from '../common/emitter.js';

/** Whose rights ended or changed: exactly one of the three ids is there. */
export interface Ended {
  sessionId?: string;
  tokenId?: string;
  userId?: string;
  reason: 'session_ended' | 'rights_changed';
}

/** `ended`: cut what hangs on it (sockets, streams) at once. `disabled`: cancel what the user has queued. Said after the commit. */
export type AccessEventMap = { ended: Ended; disabled: { userId: string } };

@Injectable()
export class AccessEvents extends Emitter<AccessEventMap> {}
