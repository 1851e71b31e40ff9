import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { AccessEvents } from './access.events.js';
import { sessionIdleMs } from './session-life.js';
import { SessionsRepository } from './sessions.repository.js';
import { TokensRepository } from './tokens.repository.js';

const everyMs = 60_000;
/** Rows of ended sessions are kept this long, for whoever looks into what happened. */
const keepEndedMs = 7 * 24 * 3_600_000;

/** What ends by the clock is told like what is ended by hand, so that an open socket does not outlive its session. */
@Injectable()
export class ExpiryService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Access');
  private timer: NodeJS.Timeout | undefined;
  private last = new Date();

  constructor(
    private readonly sessions: SessionsRepository,
    private readonly tokens: TokensRepository,
    private readonly events: AccessEvents,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.quietly(), everyMs).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Tells of all that has ended by itself since the last time, and takes out what ended long ago. */
  async sweep(now = new Date()): Promise<void> {
    const since = this.last;
    const sessionIds = await this.sessions.endedBetween(since, now, sessionIdleMs);
    const tokenIds = await this.tokens.expiredBetween(since, now);
    this.last = now;
    for (const sessionId of sessionIds) this.events.emit('ended', { sessionId, reason: 'session_ended' });
    for (const tokenId of tokenIds) this.events.emit('ended', { tokenId, reason: 'session_ended' });
    await this.sessions.purge(new Date(now.getTime() - keepEndedMs));
  }

  private async quietly(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      this.logger.warn({ err: error }, 'What has expired could not be looked up; it is tried again in a minute');
    }
  }
}
