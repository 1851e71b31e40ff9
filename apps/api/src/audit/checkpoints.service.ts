import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { GrowingTree, type SigningKey } from '@waybill/audit';
import type { AuditCheckpoint } from '@waybill/contract';
import { draftOf, systemContext } from '../common/actor-context.js';
import { version } from '../common/version.js';
import { CONFIG, type Config } from '../config/config.js';
import { AuditRepository } from './audit.repository.js';
import { CheckpointsRepository } from './checkpoints.repository.js';
import { openRecordKey } from './record-key.js';
import { Record } from './record.service.js';

/** A checkpoint after so many events, and after so long even when idle: milliseconds. */
const everyEvents = 1000;
const everyMs = 3_600_000;
const batch = 5000;

/**
 * Signs for the record: every thousand events, every hour, at start and at stop. The tree goes on from the last checkpoint, so that a
 * start reads only what came after it.
 */
@Injectable()
export class Checkpoints implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Record');
  private key: SigningKey | null = null;
  private tree = GrowingTree.empty();
  private signing: Promise<AuditCheckpoint | null> = Promise.resolve(null);
  private timer: NodeJS.Timeout | null = null;
  private off: () => void = () => undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly record: Record,
    private readonly events: AuditRepository,
    private readonly repository: CheckpointsRepository,
  ) {}

  /** @throws Error where the record's key is lost: a record that can't be signed for must not go on unseen */
  async onApplicationBootstrap(): Promise<void> {
    const newest = await this.repository.newest();
    this.key = await openRecordKey(this.config.dataFolder, newest?.checkpoint.origin ?? null);
    if (newest) this.tree = GrowingTree.from({ size: newest.checkpoint.size, peaks: newest.peaks });
    await this.record.append(life('system.start'));
    await this.sign();
    this.off = this.record.on('appended', ({ seq }) => {
      if (seq - this.tree.size >= everyEvents) void this.signQuietly();
    });
    this.timer = setInterval(() => void this.hourly(), everyMs);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    this.off();
    if (!this.key) return;
    await this.record.append(life('system.stop')).catch(() => undefined);
    await this.signQuietly();
  }

  /** As verifiers take it: `name+id+key`. */
  get verifierKey(): string {
    return this.key?.verifier.toString() ?? '';
  }

  /** Signs for all that is written; answers with the newest checkpoint. One at a time. */
  sign(): Promise<AuditCheckpoint | null> {
    this.signing = this.signing.catch(() => null).then(() => this.signNow());
    return this.signing;
  }

  private async signNow(): Promise<AuditCheckpoint | null> {
    const { key } = this;
    const upTo = this.record.headSeq;
    if (!key || upTo <= this.tree.size) return (await this.repository.newest())?.checkpoint ?? null;
    const tree = GrowingTree.from(this.tree.state());
    for await (const hashes of this.events.hashes(tree.size, upTo, batch))
      for (const hash of hashes) tree.add(Buffer.from(hash, 'hex'));
    if (tree.size !== upTo)
      throw new Error(`The record has ${tree.size} events up to number ${upTo}: it is never signed for.`);
    const checkpoint: AuditCheckpoint = {
      size: tree.size,
      at: new Date().toISOString(),
      origin: key.name,
      note: key.sign({ origin: key.name, size: tree.size, root: tree.root() }),
      verifierKey: this.verifierKey,
    };
    await this.repository.insert(checkpoint, tree.state().peaks);
    this.tree = tree;
    return checkpoint;
  }

  private async signQuietly(): Promise<void> {
    try {
      await this.sign();
    } catch (error) {
      this.logger.error({ err: error }, 'The record could not be signed for.');
    }
  }

  /** A checkpoint has no time of its own: an idle hour is shown by an event. */
  private async hourly(): Promise<void> {
    try {
      if (this.record.headSeq === this.tree.size) await this.record.append(life('record.heartbeat'));
    } catch {
      return;
    }
    await this.signQuietly();
  }
}

function life(action: 'system.start' | 'system.stop' | 'record.heartbeat') {
  return draftOf(systemContext, { action, phase: 'outcome', outcome: 'succeeded', details: { version } });
}
