import type { AuditFilter } from '@waybill/contract';
import type { Prisma } from '@waybill/database';

/**
 * A filter as the database takes it. Text is compared whole and in lower case; `*` stands for any run of characters: at either end, or
 * between two parts.
 */
export function whereOf(filter: AuditFilter): Prisma.AuditEventWhereInput {
  const { actor, action, outcome, phase, door, engine, operation, subject, from, to } = filter;
  return {
    AND: [
      ...(actor === undefined ? [] : [actorIs(actor)]),
      ...(action ? [{ action: { in: action } }] : []),
      ...(outcome ? [{ outcome: { in: outcome } }] : []),
      ...(phase ? [{ phase: { in: phase } }] : []),
      ...(door ? [{ door: { in: door } }] : []),
      ...(engine === undefined ? [] : [{ engine }]),
      ...(operation === undefined ? [] : [{ operationId: operation }]),
      ...(subject === undefined ? [] : [{ subjectId: subject }]),
      ...textIs('registry', filter.registry),
      ...textIs('repository', filter.repository),
      ...textIs('tag', filter.tag),
      ...textIs('digest', filter.digest),
      ...(from === undefined ? [] : [{ at: { gte: new Date(from) } }]),
      ...(to === undefined ? [] : [{ at: { lte: new Date(to) } }]),
    ],
  };
}

function actorIs(actor: string): Prisma.AuditEventWhereInput {
  return actor === 'system' || actor === 'external' ? { actorType: actor } : { actorId: actor };
}

type TextColumn = 'registry' | 'repository' | 'tag' | 'digest';

function textIs(column: TextColumn, wanted: string | undefined): Prisma.AuditEventWhereInput[] {
  if (wanted === undefined) return [];
  const parts = wanted.toLowerCase().split('*');
  if (parts.length === 1) return [{ [column]: parts[0] }];
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  return [
    { [column]: { not: null } },
    ...(first ? [{ [column]: { startsWith: first } }] : []),
    ...(last ? [{ [column]: { endsWith: last } }] : []),
    ...parts.slice(1, -1).filter(Boolean).map((part) => ({ [column]: { contains: part } })),
  ];
}
