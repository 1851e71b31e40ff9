import { Injectable } from '@nestjs/common';
import { WaybillError, parseReference, type Operation } from '@waybill/contract';
import type { ActorContext } from '../common/actor-context.js';
import { AccessDenials } from '../access/access.denials.js';
import { PushJudge } from '../rules/push-judge.service.js';
import { RegistriesService } from '../registries/registries.service.js';
import { isParentReference, targetOf } from './operation-reference.js';
import { OperationsService } from './operations.service.js';

/** Asks for an operation once more, judged anew: the registry may be gone, the login changed, the right taken. */
@Injectable()
export class OperationRetrier {
  constructor(
    private readonly operations: OperationsService,
    private readonly registries: RegistriesService,
    private readonly denials: AccessDenials,
    private readonly judge: PushJudge,
  ) {}

  /** @throws WaybillError operation.not_found, operation.not_retryable, permission.denied, push.denied_by_rule, push.tag_protected, and what beginning one throws */
  async retry(id: string, who: ActorContext): Promise<Operation> {
    const old = await this.operations.retryable(id);
    if (!who.permissions.has(old.kind)) {
      await this.denials.record(who, { action: old.kind, permission: old.kind, target: targetOf(old.reference) });
      throw new WaybillError('permission.denied', `This needs the permission ${old.kind}.`);
    }
    const action = old.kind === 'image.pull' ? 'pull' : 'push';
    const { registry, credential } = await this.registries.resolve(
      parseReference(old.reference),
      old.credential?.id,
      action,
    );
    const asked = {
      kind: old.kind,
      engine: old.engine,
      reference: old.reference,
      registry,
      credential,
      platform: old.platform,
      retryOf: old.id,
    };
    if (!isParentReference(old.reference)) {
      if (old.kind === 'image.push') await this.judge.admit([asked], who);
      return this.operations.begin(asked, who);
    }
    const children = await Promise.all(old.childIds.map((child) => this.operations.get(child)));
    const unfinished = children.filter((child) => child.state !== 'succeeded').map((child) => child.reference);
    if (!unfinished.length)
      throw new WaybillError('operation.not_retryable', 'All of its tags were pushed; push the repository anew.');
    await this.judge.admit(
      unfinished.map((reference) => ({ ...asked, reference })),
      who,
    );
    return this.operations.beginFamily(asked, unfinished, who);
  }
}
