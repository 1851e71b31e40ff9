import { Injectable } from '@nestjs/common';
import { Emitter } from '../common/emitter.js';

/** What happens to registries, for those who relay it. */
@Injectable()
export class RegistryEvents extends Emitter<{
  /** Registries, their logins, or what a check found are not what they were. */
  changed: null;
}> {}
