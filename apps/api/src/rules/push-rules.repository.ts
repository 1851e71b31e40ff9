import { Inject, Injectable } from '@nestjs/common';
import { PushRuleEffect, PushRuleSubject, type PushRule } from '@waybill/contract';
import type { Database, DatabaseClient } from '@waybill/database';
import { DATABASE } from '../database/database.module.js';

export type PushRuleChange = Partial<Pick<PushRule, 'pattern' | 'effect' | 'subject' | 'note'>>;

interface Row {
  id: string;
  pattern: string;
  effect: string;
  subject: string;
  subjectId: string | null;
  note: string | null;
  createdAt: Date;
}

/** The one user of the table PushRule. */
@Injectable()
export class PushRulesRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async all(): Promise<PushRule[]> {
    return (await this.database.client.pushRule.findMany({ orderBy: { id: 'asc' } })).map(toRule);
  }

  async find(id: string): Promise<PushRule | null> {
    const row = await this.database.client.pushRule.findUnique({ where: { id } });
    return row && toRule(row);
  }

  async create({ subject, ...rule }: PushRule, tx: DatabaseClient): Promise<void> {
    await tx.pushRule.create({ data: { ...rule, ...columnsOf(subject) } });
  }

  async update(id: string, { subject, ...change }: PushRuleChange, tx: DatabaseClient): Promise<void> {
    await tx.pushRule.update({ where: { id }, data: { ...change, ...(subject ? columnsOf(subject) : {}) } });
  }

  async remove(id: string, tx: DatabaseClient): Promise<void> {
    await tx.pushRule.delete({ where: { id } });
  }
}

function columnsOf(subject: PushRuleSubject): Pick<Row, 'subject' | 'subjectId'> {
  if (subject === 'everybody') return { subject, subjectId: null };
  return 'userId' in subject
    ? { subject: 'user', subjectId: subject.userId }
    : { subject: 'role', subjectId: subject.role };
}

function toRule({ subject, subjectId, effect, createdAt, ...row }: Row): PushRule {
  const whom = subject === 'user' ? { userId: subjectId } : subject === 'role' ? { role: subjectId } : subject;
  return {
    ...row,
    effect: PushRuleEffect.parse(effect),
    subject: PushRuleSubject.parse(whom),
    createdAt: createdAt.toISOString(),
  };
}
