import { z } from 'zod';
import { Id, Time } from '../common/ids.js';
import { listOf } from '../common/list.js';
import { Role } from '../permissions/permissions.js';
import { longestPattern, readPattern } from './pattern.js';

/** `protect`: a tag that fits can't be moved once pushed; the same content again is no move. */
export const PushRuleEffect = z.enum(['allow', 'deny', 'protect']).meta({ id: 'PushRuleEffect' });
export type PushRuleEffect = z.infer<typeof PushRuleEffect>;

/** Whom a rule is about: one account, all with a role, or everybody. */
export const PushRuleSubject = z
  .union([z.object({ userId: Id }).strict(), z.object({ role: Role }).strict(), z.literal('everybody')])
  .meta({ id: 'PushRuleSubject' });
export type PushRuleSubject = z.infer<typeof PushRuleSubject>;

/** Says who may push what. `pattern` is canonical: `registry/repository:tag` with `*` in any part. */
export const PushRule = z
  .object({
    id: Id,
    pattern: z.string(),
    effect: PushRuleEffect,
    subject: PushRuleSubject,
    note: z.string().nullable(),
    createdAt: Time,
  })
  .meta({ id: 'PushRule' });
export type PushRule = z.infer<typeof PushRule>;
/** In the order in which they decide; there are few enough for one page. */
export const PushRuleList = listOf(PushRule, 'PushRuleList');

/** How many rules there can be. */
export const pushRulesAtMost = 200;

const PatternText = z
  .string()
  .trim()
  .min(1)
  .max(longestPattern)
  .refine((text) => readPattern(text) !== null, 'Write [registry/]repository[:tag], with * for any run of characters.');
const Note = z.string().trim().max(200).nullable();

export const CreatePushRuleRequest = z
  .object({ pattern: PatternText, effect: PushRuleEffect, subject: PushRuleSubject, note: Note.default(null) })
  .strict()
  .meta({ id: 'CreatePushRuleRequest' });
export type CreatePushRuleRequest = z.infer<typeof CreatePushRuleRequest>;

export const UpdatePushRuleRequest = z
  .object({ pattern: PatternText, effect: PushRuleEffect, subject: PushRuleSubject, note: Note })
  .partial()
  .strict()
  .meta({ id: 'UpdatePushRuleRequest' });
export type UpdatePushRuleRequest = z.infer<typeof UpdatePushRuleRequest>;

/** May I push this, or may that account? `latest` where no tag is said. */
export const ExplainPushRequest = z
  .object({ reference: z.string().min(1).max(512), userId: Id.optional() })
  .strict()
  .meta({ id: 'ExplainPushRequest' });
export type ExplainPushRequest = z.infer<typeof ExplainPushRequest>;

/** `rule_…`: the rule decided. `role_allows`: no rule fits. `role_denies`: the account may push nothing at all, whatever the rules say. */
export const PushDecisionWhy = z
  .enum(['rule_allows', 'rule_denies', 'role_allows', 'role_denies'])
  .meta({ id: 'PushDecisionWhy' });
export type PushDecisionWhy = z.infer<typeof PushDecisionWhy>;

export const PushDecision = z
  .object({
    /** Canonical. */
    reference: z.string(),
    allowed: z.boolean(),
    why: PushDecisionWhy,
    rule: PushRule.nullable(),
    /** The rule by which the tag can't be moved once it is there. */
    protectedBy: PushRule.nullable(),
  })
  .meta({ id: 'PushDecision' });
export type PushDecision = z.infer<typeof PushDecision>;
