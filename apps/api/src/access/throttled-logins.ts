import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Record } from '../audit/record.service.js';
import { draftOf, systemContext } from '../common/actor-context.js';

const everyMs = 60_000;
const mostAddresses = 1000;

/** Counts the logins that were not even looked at, and puts them on record as one event a minute: a flood must not fill it. */
@Injectable()
export class ThrottledLogins implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Logins');
  private total = 0;
  private readonly addresses = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly record: Record) {}

  count(ip: string | null): void {
    this.total += 1;
    if (ip && this.addresses.size < mostAddresses) this.addresses.add(ip);
    this.timer ??= setTimeout(() => void this.write(), everyMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.write();
  }

  /** Writes what was counted since the last time, if anything. */
  async write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.total) return;
    const details = { count: this.total, addresses: this.addresses.size };
    const [only, ...others] = this.addresses;
    this.total = 0;
    this.addresses.clear();
    const draft = draftOf(systemContext, { action: 'login.throttled', phase: 'outcome', outcome: 'denied', details });
    if (only && !others.length) draft.personal.ip = only;
    try {
      await this.record.append(draft);
    } catch (error) {
      this.logger.error({ err: error }, 'Throttled logins could not be put on record');
    }
  }
}
