import { Injectable } from '@nestjs/common';
import {
  WaybillError,
  decidePush,
  type ExplainPushRequest,
  type Operation,
  type PushDecision,
  type PushRule,
  type PushRuleSubject,
} from '@waybill/contract';
import { AccessDenials } from '../access/access.denials.js';
import { AccessService } from '../access/access.service.js';
import type { ActorContext } from '../common/actor-context.js';
import { PushRules } from './push-rules.service.js';
import { TagProtection, type IntendedPush } from './tag-protection.service.js';

interface Asker {
  userId: string | null;
  role: ActorContext['role'];
  mayPush: boolean;
}

/** May this be pushed, by the rules? Asked when a push is asked for or tried again, and once more when it starts. */
@Injectable()
export class PushJudge {
  /** Which operation pushes a protected tag at this moment, by reference: two at once could not both see what the tag held. */
  private readonly pushing = new Map<string, string>();

  constructor(
    private readonly rules: PushRules,
    private readonly protection: TagProtection,
    private readonly access: AccessService,
    private readonly denials: AccessDenials,
  ) {}

  /**
   * Lets pass where at least one of them may be pushed; the others are judged when their turn comes. Otherwise each refusal
   * goes on record.
   * @throws WaybillError push.denied_by_rule, push.tag_protected, reference.invalid, and the registry's own where a protected tag can't be looked at
   */
  async admit(pushes: readonly IntendedPush[], who: ActorContext): Promise<void> {
    const rules = await this.rules.all();
    const refused: { push: IntendedPush; error: WaybillError }[] = [];
    for (const push of pushes) {
      const error = await this.refusalOf(push, decidePush(rules, { ...askerOf(who), reference: push.reference }));
      if (!error) return;
      refused.push({ push, error });
    }
    for (const { push, error } of refused) await this.denials.refusedPush(who, push, error);
    if (refused[0]) throw refused[0].error;
  }

  /**
   * Judges what waited its turn, by the rules and the rights of this moment. Let it `end` afterwards.
   * @returns null where it may be pushed
   */
  async atStart(operation: Operation): Promise<WaybillError | null> {
    const { id, reference, actor } = operation;
    const asker = await this.askerOf(actor.id);
    const decision = decidePush(await this.rules.all(), { ...asker, reference });
    if (decision.protectedBy) {
      if (this.pushing.has(reference)) return busy(reference);
      this.pushing.set(reference, id);
    }
    try {
      return await this.refusalOf(operation, decision);
    } catch (error) {
      if (error instanceof WaybillError) return error;
      throw error;
    }
  }

  /** The operation pushes no more. */
  ended({ id, reference }: Operation): void {
    if (this.pushing.get(reference) === id) this.pushing.delete(reference);
  }

  /**
   * Which rule decides, for me or for another account.
   * @throws WaybillError permission.denied for another's without `settings.manage`, user.not_found, reference.invalid
   */
  async explain({ reference, userId }: ExplainPushRequest, who: ActorContext): Promise<PushDecision> {
    const isOwn = userId === undefined || userId === who.actor.id;
    if (!isOwn && !who.permissions.has('settings.manage')) {
      await this.denials.record(who, { action: 'access.denied', permission: 'settings.manage', target: null });
      throw new WaybillError('permission.denied', 'What others may push is told to those with settings.manage.');
    }
    const asker = isOwn ? askerOf(who) : await this.askerOf(userId);
    if (!isOwn && asker.role === null) throw new WaybillError('user.not_found', 'There is no user with this id.');
    return decidePush(await this.rules.all(), { ...asker, reference });
  }

  private async refusalOf(push: IntendedPush, decision: PushDecision): Promise<WaybillError | null> {
    if (!decision.allowed) return denied(decision);
    return decision.protectedBy && (await this.protection.moves(push)) ? isProtected(decision) : null;
  }

  private async askerOf(userId: string | null): Promise<Asker> {
    const rights = userId === null ? null : await this.access.rightsOf(userId);
    return { userId, role: rights?.role ?? null, mayPush: rights?.permissions.has('image.push') ?? false };
  }
}

function askerOf({ actor, role, permissions }: ActorContext): Asker {
  return { userId: actor.id, role, mayPush: permissions.has('image.push') };
}

function denied({ reference, rule }: PushDecision): WaybillError {
  if (!rule) return new WaybillError('permission.denied', 'This needs the permission image.push.');
  return new WaybillError('push.denied_by_rule', `The rule ${described(rule)} forbids to push “${reference}”.`, {
    extra: { rule: rule.id, pattern: rule.pattern },
  });
}

function isProtected({ reference, protectedBy }: PushDecision): WaybillError {
  const by = protectedBy ? ` by the rule ${described(protectedBy)}` : '';
  return new WaybillError(
    'push.tag_protected',
    `“${reference}” is protected${by} and holds other content already. Push under another tag.`,
    protectedBy ? { extra: { rule: protectedBy.id, pattern: protectedBy.pattern } } : {},
  );
}

function busy(reference: string): WaybillError {
  return new WaybillError(
    'push.tag_protected',
    `“${reference}” is protected, and another push of it runs. Try again when that has ended.`,
  );
}

function described({ effect, pattern, subject }: PushRule): string {
  return `“${effect} ${pattern}” for ${whom(subject)}`;
}

function whom(subject: PushRuleSubject): string {
  if (subject === 'everybody') return subject;
  return 'userId' in subject ? 'this account' : `the role ${subject.role}`;
}
