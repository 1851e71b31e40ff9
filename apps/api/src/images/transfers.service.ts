import { Injectable } from '@nestjs/common';
import {
  WaybillError,
  canonical,
  familiarName,
  parseReference,
  withDefaultTag,
  type Operation,
  type PullRequest,
  type PushRequest,
} from '@waybill/contract';
import type { ActorContext } from '../common/actor-context.js';
import { EnginesService } from '../engines/engines.service.js';
import { OperationsService } from '../operations/operations.service.js';
import { RegistriesService } from '../registries/registries.service.js';
import { PushJudge } from '../rules/push-judge.service.js';

/** Reads what a pull or push names, picks registry and login, and begins the operation. */
@Injectable()
export class TransfersService {
  constructor(
    private readonly operations: OperationsService,
    private readonly registries: RegistriesService,
    private readonly engines: EnginesService,
    private readonly judge: PushJudge,
  ) {}

  /** @throws WaybillError reference.invalid, registry.not_registered, credential.not_found, engine.not_found, and what beginning throws */
  async pull(
    engine: string,
    { reference: text, platform, credentialId }: PullRequest,
    who: ActorContext,
  ): Promise<Operation> {
    this.engines.summary(engine);
    const reference = withDefaultTag(parseReference(text));
    const { registry, credential } = await this.registries.resolve(reference, credentialId, 'pull');
    return this.operations.begin(
      { kind: 'image.pull', engine, reference: canonical(reference), registry, credential, platform: platform ?? null },
      who,
    );
  }

  /** @throws WaybillError as pull does; reference.tag_required, reference.no_tags, credential.required, push.denied_by_rule, push.tag_protected */
  async push(
    engine: string,
    { reference: text, allTags, credentialId }: PushRequest,
    who: ActorContext,
  ): Promise<Operation> {
    this.engines.summary(engine);
    const reference = parseReference(text);
    if (reference.digest)
      throw new WaybillError('reference.tag_required', 'A push takes a name with a tag, not a digest.');
    const { registry, credential } = await this.registries.resolve(reference, credentialId, 'push');
    const asked = { kind: 'image.push' as const, engine, registry, credential, platform: null };
    if (!allTags) {
      const one = { ...asked, reference: canonical(withDefaultTag(reference)) };
      await this.judge.admit([one], who);
      return this.operations.begin(one, who);
    }
    const repository = { ...reference, tag: null };
    const tags = await this.engines.catalog(engine).tagsOf(familiarName(repository));
    if (!tags.length)
      throw new WaybillError('reference.no_tags', `The engine has no tag of ${familiarName(repository)}.`);
    const references = tags.map((tag) => canonical({ ...repository, tag }));
    await this.judge.admit(
      references.map((one) => ({ ...asked, reference: one })),
      who,
    );
    return this.operations.beginFamily({ ...asked, reference: canonical(repository) }, references, who);
  }
}
