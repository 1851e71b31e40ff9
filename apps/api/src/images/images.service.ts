import { Injectable } from '@nestjs/common';
import {
  WaybillError,
  canonical,
  familiar,
  parseReference,
  withDefaultTag,
  type Image,
  type ImageDetail,
  type ImageQuery,
  type List,
  type TagRequest,
  type TagResult,
} from '@waybill/contract';
import { Record } from '../audit/record.service.js';
import { draftOf, type ActorContext } from '../common/actor-context.js';
import { EnginesService } from '../engines/engines.service.js';
import { targetOf } from '../operations/operation-reference.js';
import { maskEnvironment } from './mask-environment.js';

/** Lists, inspects and tags images. */
@Injectable()
export class ImagesService {
  constructor(
    private readonly engines: EnginesService,
    private readonly record: Record,
  ) {}

  /** From memory while it is fresh. The cursor is the place in the list, newest first. */
  async list(engine: string, query: ImageQuery): Promise<List<Image>> {
    const start = query.cursor === undefined ? 0 : Number(query.cursor);
    if (!Number.isSafeInteger(start) || start < 0)
      throw new WaybillError('request.invalid', 'The cursor is not one of ours.');
    const images = await this.engines.catalog(engine).list(query);
    const end = start + query.limit;
    return { items: images.slice(start, end), nextCursor: end < images.length ? String(end) : null };
  }

  async inspect(engine: string, reference: string, who: ActorContext): Promise<ImageDetail> {
    const detail = await this.engines.client(engine).imageDetail(reference);
    return who.permissions.has('environment.read') ? detail : maskEnvironment(detail);
  }

  /** A tag is free: the registry need not be registered. On record with its intent and outcome. */
  async tag(engine: string, { source, target: text }: TagRequest, who: ActorContext): Promise<TagResult> {
    const client = this.engines.client(engine);
    const target = withDefaultTag(parseReference(text));
    if (target.digest)
      throw new WaybillError('reference.invalid', 'A tag’s target is a name with a tag, not a digest.');
    const from = /^(sha256:)?[0-9a-f]{12,64}$/.test(source) ? source : familiar(withDefaultTag(parseReference(source)));
    const deed = {
      action: 'image.tag' as const,
      engine: { slug: engine, id: this.engines.engineId(engine) },
      details: { source: from },
    };
    const started = Date.now();
    const intent = await this.record.append(
      draftOf(who, { ...deed, phase: 'intent', outcome: null, target: targetOf(canonical(target)) }),
    );
    const outcome = { ...deed, phase: 'outcome' as const, intentSeq: intent.seq };
    try {
      const { id } = await client.inspectImage(from);
      await client.tag(from, familiar(target));
      this.engines.catalog(engine).invalidate();
      await this.record.appendOutcome(
        draftOf(who, {
          ...outcome,
          outcome: 'succeeded',
          target: targetOf(canonical(target), { imageId: id }),
          durationMs: Date.now() - started,
        }),
      );
      return { source: from, target: familiar(target), imageId: id };
    } catch (error) {
      const known =
        error instanceof WaybillError
          ? error
          : new WaybillError('server.error', 'The image could not be tagged.', { cause: error });
      if (known.code !== 'record.unavailable') {
        await this.record.appendOutcome(
          draftOf(who, {
            ...outcome,
            outcome: 'failed',
            target: targetOf(canonical(target)),
            error: known.toFailure(),
            durationMs: Date.now() - started,
          }),
        );
      }
      throw known;
    }
  }
}
