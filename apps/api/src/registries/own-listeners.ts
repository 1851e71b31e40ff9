import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server } from 'node:http';
import { normalizeAddress, refuseLiteralAddress, type Listener } from '@waybill/registry';
import { CONFIG, type Config } from '../config/config.js';

/** Knows where Waybill itself listens, which is never spoken to as a registry. */
@Injectable()
export class OwnListeners {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly adapter: HttpAdapterHost,
  ) {}

  list(): Listener[] {
    const { host, port, publicUrl } = this.config;
    const found: Listener[] = [{ host, port: this.boundPort() ?? port }];
    if (publicUrl) {
      const url = new URL(publicUrl);
      found.push({ host: url.hostname, port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80) });
    }
    return found;
  }

  /**
   * The canonical address of what somebody typed.
   * @throws WaybillError registry.address_invalid, registry.address_refused
   */
  accept(text: string, insecure: boolean): string {
    const address = normalizeAddress(text, { insecure });
    refuseLiteralAddress(address, insecure, this.list());
    return address;
  }

  /** The system's own choice where the configured port is 0; null before the server listens. */
  private boundPort(): number | null {
    const server = this.adapter.httpAdapter?.getHttpServer() as Server | undefined;
    const address = server?.address();
    return typeof address === 'object' && address !== null ? address.port : null;
  }
}
