import { Injectable } from '@nestjs/common';
import { WaybillError, familiarName, parseReference, type Reference } from '@waybill/contract';
import { AuditService } from '../audit/audit.service.js';
import { EnginesService } from '../engines/engines.service.js';
import { RegistriesService } from '../registries/registries.service.js';

/** What a push would send where. */
export interface IntendedPush {
  engine: string;
  /** Canonical, with its tag. */
  reference: string;
  credential: { id: string } | null;
}

/** How many of the last pushes of a tag, spelled alike but for case, are looked through. */
const lookedThrough = 20;

/** Whether a push would move a tag to other content. */
@Injectable()
export class TagProtection {
  constructor(
    private readonly engines: EnginesService,
    private readonly registries: RegistriesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * The registry is asked what the tag holds now. Where it has no such tag, nothing is moved. Otherwise the image on the engine must be
   * known to be that very content; what can't be known counts as other content. Asking the Hub costs a pull, so there the last
   * successful push on record stands for it, and a tag that is not on record counts as new.
   * @throws WaybillError where the registry or the engine does not answer: then it can't be known, and nothing is pushed
   */
  async moves({ engine, reference: text, credential }: IntendedPush): Promise<boolean> {
    const reference = parseReference(text);
    const image = await absentAsNull(this.engines.client(engine).inspectImage(text), 'image.not_found');
    if (!image) return false;
    const name = `${familiarName(reference)}@`;
    const ours = new Set(image.digests.filter((one) => one.startsWith(name)).map((one) => one.slice(name.length)));
    ours.add(image.id);
    const asked = this.registries.manifestIfFree(reference, credential?.id ?? null);
    const there = await absentAsNull(
      asked.then((manifest) => ({ manifest })),
      'registry.tag_not_found',
    );
    if (!there) return false;
    return there.manifest ? !ours.has(there.manifest.digest) : this.movesOnRecord(reference, ours);
  }

  private async movesOnRecord(reference: Reference, ours: ReadonlySet<string>): Promise<boolean> {
    const { registry, repository, tag } = reference;
    const { items } = await this.audit.list({
      registry,
      repository,
      tag: tag ?? undefined,
      action: ['image.push'],
      phase: ['outcome'],
      outcome: ['succeeded'],
      order: 'desc',
      limit: lookedThrough,
    });
    const last = items.find((event) => event.target?.tag === tag)?.target;
    if (!last) return false;
    return ![last.digest, last.imageId].some((one) => one !== null && ours.has(one));
  }
}

async function absentAsNull<T>(asked: Promise<T>, code: WaybillError['code']): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof WaybillError && error.code === code) return null;
    throw error;
  }
}
