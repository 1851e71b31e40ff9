import type { AuditAction, AuditChange, AuditDraft } from '@waybill/contract';
import { draftOf, type ActorContext } from '../common/actor-context.js';

interface About {
  subject: { type: 'user' | 'session' | 'token'; id: string };
  /** Erasable, like the changes. */
  subjectName?: string;
  changes?: AuditChange[];
  details?: AuditDraft['details'];
}

/** A deed on people, sessions or tokens that was done: names and changes stand where they can be erased. */
export function peopleDraft(
  who: ActorContext,
  action: AuditAction,
  { subject, subjectName, changes, details }: About,
): AuditDraft {
  const draft = draftOf(who, {
    action,
    phase: 'outcome',
    outcome: 'succeeded',
    subject,
    ...(details ? { details } : {}),
  });
  return {
    ...draft,
    personal: {
      ...draft.personal,
      ...(subjectName === undefined ? {} : { subjectName }),
      ...(changes?.length ? { changes } : {}),
    },
  };
}

export const userSubject = ({
  id,
  username,
}: {
  id: string;
  username: string;
}): Pick<About, 'subject' | 'subjectName'> => ({
  subject: { type: 'user', id },
  subjectName: username,
});

/** The fields that differ, in the record's form. */
export function changesOf<T extends object>(before: { [K in keyof T]?: unknown }, after: T): AuditChange[] {
  return Object.entries(after)
    .filter(([field, value]) => value !== undefined && Reflect.get(before, field) !== value)
    .map(([field, value]) => ({
      field,
      before: (Reflect.get(before, field) as AuditChange['before'] | undefined) ?? null,
      after: value,
    }));
}
