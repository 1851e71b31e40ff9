import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { RegistryHttp } from '@waybill/registry';
import { OwnListeners } from './own-listeners.js';

/** The one guarded way to registries and their login servers. */
@Injectable()
export class GuardedHttp extends RegistryHttp implements OnApplicationShutdown {
  constructor(listeners: OwnListeners) {
    super({ ownListeners: () => listeners.list() });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }
}
