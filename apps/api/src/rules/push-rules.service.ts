import { Injectable } from '@nestjs/common';
import {
  WaybillError,
  canonicalPattern,
  compareRules,
  pushRulesAtMost,
  readPattern,
  type CreatePushRuleRequest,
  type PushRule,
  type PushRuleSubject,
  type UpdatePushRuleRequest,
} from '@waybill/contract';
import { AccessService } from '../access/access.service.js';
import { Record } from '../audit/record.service.js';
import type { ActorContext } from '../common/actor-context.js';
import { newId } from '../common/ids.js';
import { PushRulesRepository } from './push-rules.repository.js';
import { aboutRule, ruleChanges } from './rule-drafts.js';

/** Adds, changes and removes push rules, each change on record in the same transaction. */
@Injectable()
export class PushRules {
  constructor(
    private readonly repository: PushRulesRepository,
    private readonly record: Record,
    private readonly access: AccessService,
  ) {}

  /** In the order in which they decide. Read anew for each decision: a rule holds from the moment it is written. */
  async all(): Promise<PushRule[]> {
    return (await this.repository.all()).toSorted(compareRules);
  }

  /** @throws WaybillError rule.too_many, user.not_found, request.invalid */
  async create({ pattern, effect, subject, note }: CreatePushRuleRequest, who: ActorContext): Promise<PushRule> {
    if ((await this.repository.all()).length >= pushRulesAtMost)
      throw new WaybillError('rule.too_many', `There can be ${pushRulesAtMost} push rules. Remove some first.`);
    await this.requireSubject(subject);
    const rule: PushRule = {
      id: newId(),
      pattern: canonicalOf(pattern),
      effect,
      subject,
      note: note || null,
      createdAt: new Date().toISOString(),
    };
    await this.record.appendWith([aboutRule(who, 'rule.create', rule, ruleChanges(null, rule))], (tx) =>
      this.repository.create(rule, tx),
    );
    return rule;
  }

  /** @throws WaybillError rule.not_found, user.not_found, request.invalid */
  async update(id: string, request: UpdatePushRuleRequest, who: ActorContext): Promise<PushRule> {
    const old = await this.get(id);
    if (request.subject) await this.requireSubject(request.subject);
    const { pattern = old.pattern, effect = old.effect, subject = old.subject, note = old.note } = request;
    const change = { pattern: canonicalOf(pattern), effect, subject, note: note || null };
    const rule = { ...old, ...change };
    const changes = ruleChanges(old, rule);
    if (changes.length === 0) return old;
    await this.record.appendWith([aboutRule(who, 'rule.update', rule, changes)], (tx) =>
      this.repository.update(id, change, tx),
    );
    return rule;
  }

  /** @throws WaybillError rule.not_found */
  async remove(id: string, who: ActorContext): Promise<void> {
    const old = await this.get(id);
    await this.record.appendWith([aboutRule(who, 'rule.remove', old, ruleChanges(old, null))], (tx) =>
      this.repository.remove(id, tx),
    );
  }

  private async get(id: string): Promise<PushRule> {
    const found = await this.repository.find(id);
    if (!found) throw new WaybillError('rule.not_found', 'There is no push rule with this id.');
    return found;
  }

  private async requireSubject(subject: PushRuleSubject): Promise<void> {
    if (subject === 'everybody' || !('userId' in subject)) return;
    if (!(await this.access.rightsOf(subject.userId)))
      throw new WaybillError('user.not_found', 'There is no user with this id.');
  }
}

function canonicalOf(text: string): string {
  const read = readPattern(text);
  if (!read) throw new WaybillError('request.invalid', `“${text}” is no pattern of references.`);
  return canonicalPattern(read);
}
