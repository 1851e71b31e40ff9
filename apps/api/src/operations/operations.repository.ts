import { Inject, Injectable } from '@nestjs/common';
import {
  Failure,
  OperationResult,
  Progress,
  dockerCommand,
  type Actor,
  type Operation,
  type OperationKind,
  type OperationQuery,
  type OperationState,
  type Stamp,
  type TranscriptLine,
} from '@waybill/contract';
import type { Database, DatabaseClient, Prisma } from '@waybill/database';
import { z } from 'zod';
import { DATABASE } from '../database/database.module.js';
import { isParentReference } from './operation-reference.js';
import type { OperationVia, StoredOperation } from './operation.types.js';

const include = {
  participants: { where: { leftAt: null }, orderBy: { joinedAt: 'asc' } },
} satisfies Prisma.OperationInclude;
type Row = Prisma.OperationGetPayload<{ include: typeof include }>;
const unended: OperationState[] = ['queued', 'waiting_for_approval', 'running'];
const Lines = z.array(z.object({ at: z.string(), text: z.string() }));

/** The one user of the tables Operation, Participant and Transcript. */
@Injectable()
export class OperationsRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async insert(tx: DatabaseClient | null, { operation, via, intentSeq }: StoredOperation): Promise<void> {
    const client = tx ?? this.database.client;
    await client.operation.create({
      data: {
        id: operation.id,
        kind: operation.kind,
        engine: operation.engine,
        reference: operation.reference,
        registryId: operation.registry.id,
        registryName: operation.registry.name,
        registryAddress: operation.registry.address,
        credentialId: operation.credential?.id ?? null,
        credentialName: operation.credential?.username ?? null,
        platform: operation.platform,
        actorType: operation.actor.type,
        actorId: operation.actor.id,
        actorName: operation.actor.name,
        via,
        parentId: operation.parentId,
        retryOf: operation.retryOf,
        intentSeq,
        createdAt: operation.createdAt,
        ...changing(operation),
      },
    });
    for (const participant of operation.participants)
      await this.addParticipant(client, operation.id, participant.actor, participant.joinedAt);
  }

  /** What changes while it lives: state, times, progress, result, error. */
  async update(tx: DatabaseClient | null, operation: Operation): Promise<void> {
    await (tx ?? this.database.client).operation.update({ where: { id: operation.id }, data: changing(operation) });
  }

  async addParticipant(tx: DatabaseClient, operationId: string, actor: Actor, joinedAt: string): Promise<void> {
    if (!actor.id) return;
    const row = { actorType: actor.type, actorName: actor.name, joinedAt, leftAt: null };
    await tx.participant.upsert({
      where: { operationId_actorId: { operationId, actorId: actor.id } },
      create: { operationId, actorId: actor.id, ...row },
      update: row,
    });
  }

  async endParticipation(tx: DatabaseClient, operationId: string, actorId: string, leftAt: string): Promise<void> {
    await tx.participant.updateMany({ where: { operationId, actorId }, data: { leftAt } });
  }

  async saveTranscript(
    tx: DatabaseClient | null,
    operationId: string,
    transcript: { lines: TranscriptLine[]; total: number; truncated: boolean },
  ): Promise<void> {
    const row = { v: 1, ...transcript };
    await (tx ?? this.database.client).transcript.upsert({
      where: { operationId },
      create: { operationId, ...row },
      update: row,
    });
  }

  async transcript(operationId: string): Promise<{ lines: TranscriptLine[]; total: number; truncated: boolean }> {
    const row = await this.database.client.transcript.findUnique({ where: { operationId } });
    if (!row) return { lines: [], total: 0, truncated: false };
    return { lines: Lines.parse(row.lines), total: row.total, truncated: row.truncated };
  }

  async find(id: string): Promise<StoredOperation | null> {
    const row = await this.database.client.operation.findUnique({ where: { id }, include });
    return row && stored(row, await this.childIds([row.id]));
  }

  /** Newest first; `cursor` is the id of the last one of the page before. */
  async list(query: OperationQuery): Promise<Operation[]> {
    const rows = await this.database.client.operation.findMany({
      where: {
        ...(query.state ? { state: { in: query.state } } : {}),
        ...(query.kind ? { kind: { in: query.kind } } : {}),
        ...(query.engine ? { engine: query.engine } : {}),
        ...(query.actor ? { actorId: query.actor } : {}),
        ...(query.reference ? { reference: query.reference } : {}),
        ...(query.parent ? { parentId: query.parent } : {}),
        ...(query.cursor ? { id: { lt: query.cursor } } : {}),
      },
      orderBy: { id: 'desc' },
      take: query.limit + 1,
      include,
    });
    const children = await this.childIds(rows.map((row) => row.id));
    return rows.map((row) => stored(row, children).operation);
  }

  async unended(): Promise<StoredOperation[]> {
    const rows = await this.database.client.operation.findMany({
      where: { state: { in: unended } },
      orderBy: { id: 'asc' },
      include,
    });
    const children = await this.childIds(rows.map((row) => row.id));
    return rows.map((row) => stored(row, children));
  }

  /** The last successful pull or push of each reference on an engine. */
  async stamps(engine: string, limit: number): Promise<Stamp[]> {
    const newest = await this.database.client.operation.groupBy({
      by: ['reference'],
      where: { engine, state: 'succeeded' },
      _max: { id: true },
      orderBy: { _max: { id: 'desc' } },
      take: limit,
    });
    const ids = newest.flatMap((one) => (one._max.id ? [one._max.id] : []));
    const rows = await this.database.client.operation.findMany({ where: { id: { in: ids } }, orderBy: { id: 'desc' } });
    return rows
      .filter((row) => !isParentReference(row.reference))
      .map((row) => ({
        reference: row.reference,
        kind: row.kind as OperationKind,
        actor: actorOf(row),
        at: (row.endedAt ?? row.createdAt).toISOString(),
        operationId: row.id,
        engine: row.engine,
      }));
  }

  private async childIds(parents: string[]): Promise<Map<string, string[]>> {
    const rows = await this.database.client.operation.findMany({
      where: { parentId: { in: parents } },
      select: { id: true, parentId: true },
      orderBy: { id: 'asc' },
    });
    const byParent = new Map<string, string[]>();
    for (const { id, parentId } of rows) if (parentId) byParent.set(parentId, [...(byParent.get(parentId) ?? []), id]);
    return byParent;
  }
}

function changing(operation: Operation) {
  return {
    state: operation.state,
    attempt: operation.attempt,
    startedAt: operation.startedAt,
    endedAt: operation.endedAt,
    progress: operation.progress,
    ...(operation.result ? { result: operation.result } : {}),
    ...(operation.error ? { error: operation.error } : {}),
  };
}

function actorOf(row: { actorType: string; actorId: string | null; actorName: string }): Actor {
  return { type: row.actorType as Actor['type'], id: row.actorId, name: row.actorName };
}

function stored(row: Row, children: Map<string, string[]>): StoredOperation {
  const childIds = children.get(row.id) ?? [];
  const kind = row.kind as OperationKind;
  const operation: Operation = {
    id: row.id,
    kind,
    state: row.state as OperationState,
    engine: row.engine,
    reference: row.reference,
    registry: { id: row.registryId, name: row.registryName, address: row.registryAddress },
    credential: row.credentialId ? { id: row.credentialId, username: row.credentialName ?? '' } : null,
    platform: row.platform,
    actor: actorOf(row),
    participants: row.participants.map((one) => ({ actor: actorOf(one), joinedAt: one.joinedAt.toISOString() })),
    parentId: row.parentId,
    childIds,
    retryOf: row.retryOf,
    queuePosition: null,
    attempt: row.attempt,
    command: commandOf(kind, row.reference, row.platform),
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
    progress: Progress.parse(row.progress),
    result: row.result ? OperationResult.parse(row.result) : null,
    error: row.error ? Failure.parse(row.error) : null,
  };
  return { operation, via: row.via as OperationVia, intentSeq: row.intentSeq === null ? null : Number(row.intentSeq) };
}

/** The docker command line that an operation equals. */
export function commandOf(kind: OperationKind, reference: string, platform: string | null): string {
  return kind === 'image.pull'
    ? dockerCommand.pull(reference, platform)
    : dockerCommand.push(reference, isParentReference(reference));
}
