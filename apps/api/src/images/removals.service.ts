import { Injectable } from '@nestjs/common';
import {
  WaybillError,
  canonical,
  familiarName,
  parseReference,
  tryReference,
  withDefaultTag,
  type AuditDraft,
  type AuditTarget,
  type ImagePrunePreview,
  type ImagePruneRequest,
  type ImagePruneResult,
  type ImageRemoval,
  type ImageRemovePreview,
  type ImageRemoveRequest,
  type ImageRemoveResult,
} from '@waybill/contract';
import { forecastPrune, forecastRemoval } from '@waybill/engine';
import { Record } from '../audit/record.service.js';
import { draftOf, type ActorContext } from '../common/actor-context.js';
import { EnginesService } from '../engines/engines.service.js';
import { targetOf } from '../operations/operation-reference.js';

type Deed = Pick<AuditDraft, 'action' | 'engine' | 'target' | 'details'>;

/** Removes and prunes images, and tells beforehand what that would do. */
@Injectable()
export class RemovalsService {
  constructor(
    private readonly engines: EnginesService,
    private readonly record: Record,
  ) {}

  /** @throws WaybillError reference.no_tags, reference.invalid; engine.* */
  async preview(engine: string, wanted: ImageRemoveRequest): Promise<ImageRemovePreview> {
    const client = this.engines.client(engine);
    const references = await this.named(engine, wanted);
    return { items: forecastRemoval(await client.imageUsage(), { ...wanted, references }) };
  }

  /**
   * One after the other, each with its intent and its outcome on record; what fails is told and the others go on.
   * @throws WaybillError reference.no_tags, reference.invalid; record.unavailable where it could not be begun
   */
  async remove(engine: string, wanted: ImageRemoveRequest, who: ActorContext): Promise<ImageRemoveResult> {
    const items: ImageRemoval[] = [];
    for (const reference of await this.named(engine, wanted)) {
      try {
        const done = await this.removeOne(engine, reference, wanted, who);
        items.push({ reference, outcome: 'removed', ...done, error: null });
      } catch (error) {
        const known = knownError(error, 'The image could not be removed.');
        if (known.code === 'record.unavailable' && items.length === 0) throw known;
        items.push({ reference, outcome: 'failed', untagged: [], deleted: [], error: known.toFailure() });
      }
    }
    return { items };
  }

  async previewPrune(engine: string, wanted: ImagePruneRequest): Promise<ImagePrunePreview> {
    return forecastPrune(await this.engines.client(engine).listImages(), wanted, Date.now());
  }

  /** On record with what was asked for, how much went and the bytes that it freed. */
  prune(engine: string, wanted: ImagePruneRequest, who: ActorContext): Promise<ImagePruneResult> {
    const client = this.engines.client(engine);
    const details = {
      unused: wanted.unused ?? false,
      olderThan: wanted.olderThan ?? null,
      labels: wanted.labels ?? [],
    };
    return this.onRecord(
      who,
      { action: 'image.prune', engine: this.engineOf(engine), target: null, details },
      async () => {
        try {
          return await client.pruneImages(wanted);
        } finally {
          this.engines.catalog(engine).invalidate();
        }
      },
      ({ untagged, deleted, spaceReclaimed }) => ({
        untagged: untagged.length,
        deleted: deleted.length,
        spaceReclaimed,
      }),
    );
  }

  private async removeOne(
    engine: string,
    reference: string,
    { force = false, noPrune = false }: ImageRemoveRequest,
    who: ActorContext,
  ): Promise<Pick<ImageRemoval, 'untagged' | 'deleted'>> {
    const client = this.engines.client(engine);
    const read = tryReference(reference);
    const isHex = /^(sha256:)?[0-9a-f]{4,64}$/.test(reference);
    if (!read.ok && !isHex) throw read.error;
    const known = await client.inspectImage(reference).catch((error: unknown) => {
      if (error instanceof WaybillError && error.code === 'image.not_found') return null;
      throw error;
    });
    const byId = isHex && known?.id.startsWith(`sha256:${reference.replace('sha256:', '')}`);
    const facts = known ? { imageId: known.id, size: known.size } : {};
    const target: AuditTarget | null =
      read.ok && !byId ? targetOf(canonical(withDefaultTag(read.reference)), facts) : { ...nameless, ...facts };
    return this.onRecord(
      who,
      { action: 'image.remove', engine: this.engineOf(engine), target, details: { reference, force, noPrune } },
      async () => {
        try {
          return await client.removeImage(reference, { force, noPrune });
        } finally {
          this.engines.catalog(engine).invalidate();
        }
      },
      ({ untagged, deleted }) => ({ untagged, deleted }),
    );
  }

  /** The references that are meant: of repositories every tag that the engine has. */
  private async named(engine: string, { references, repository }: ImageRemoveRequest): Promise<string[]> {
    if (!repository) return references;
    const found = await Promise.all(
      references.map(async (text) => {
        const wanted = parseReference(text);
        if (wanted.tag || wanted.digest)
          throw new WaybillError('reference.invalid', 'Say the repository alone, without tag and digest.');
        const tags = await this.engines.catalog(engine).tagsOf(text);
        if (tags.length === 0)
          throw new WaybillError('reference.no_tags', `The engine has no tag of ${familiarName(wanted)}.`);
        return tags.map((tag) => `${familiarName(wanted)}:${tag}`);
      }),
    );
    return [...new Set(found.flat())];
  }

  private engineOf(slug: string): NonNullable<AuditDraft['engine']> {
    return { slug, id: this.engines.engineId(slug) };
  }

  /** A deed with its intent before and its outcome after. */
  private async onRecord<T>(
    who: ActorContext,
    deed: Deed,
    run: () => Promise<T>,
    tell: (done: T) => AuditDraft['details'],
  ): Promise<T> {
    const started = Date.now();
    const intent = await this.record.append(draftOf(who, { ...deed, phase: 'intent', outcome: null }));
    const outcome = (ending: Pick<AuditDraft, 'outcome'> & Partial<AuditDraft>) =>
      this.record.appendOutcome(
        draftOf(who, {
          ...deed,
          phase: 'outcome',
          intentSeq: intent.seq,
          durationMs: Date.now() - started,
          ...ending,
        }),
      );
    let done: T;
    try {
      done = await run();
    } catch (error) {
      const known = knownError(error, 'The engine could not be asked.');
      await outcome({ outcome: 'failed', error: known.toFailure() });
      throw known;
    }
    await outcome({ outcome: 'succeeded', details: { ...deed.details, ...tell(done) } });
    return done;
  }
}

const nameless: AuditTarget = {
  reference: null,
  registry: null,
  repository: null,
  tag: null,
  digest: null,
  imageId: null,
  size: null,
};

function knownError(error: unknown, sentence: string): WaybillError {
  return error instanceof WaybillError ? error : new WaybillError('server.error', sentence, { cause: error });
}
