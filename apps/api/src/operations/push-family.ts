import { Injectable, Logger } from '@nestjs/common';
import { hasEnded, type Operation } from '@waybill/contract';
import type { ActiveOperation } from './active-operation.js';
import { familyEnding, familyProgress } from './family-progress.js';
import { OperationEnder } from './operation.ender.js';
import { OperationEvents } from './operation.events.js';
import { OperationScheduler } from './operation.scheduler.js';

interface Family {
  parent: ActiveOperation;
  children: Map<string, Operation>;
  active: ActiveOperation[];
}

/** Pushes of several tags: a parent whose progress and end are its children's. */
@Injectable()
export class PushFamily {
  private readonly logger = new Logger('Operations');
  private readonly families = new Map<string, Family>();

  constructor(
    private readonly ender: OperationEnder,
    private readonly scheduler: OperationScheduler,
    private readonly events: OperationEvents,
  ) {
    events.on('changed', (operation) => void this.follow(operation));
    events.on('progress', ({ id }) => {
      const child = scheduler.get(id);
      if (child?.operation.parentId) this.sum(child.operation);
    });
  }

  adopt(parent: ActiveOperation, children: ActiveOperation[]): void {
    this.families.set(parent.id, {
      parent,
      active: children,
      children: new Map(children.map((one) => [one.id, one.operation])),
    });
    this.scheduler.hold(parent);
    parent.become('running', { startedAt: new Date().toISOString(), childIds: children.map((one) => one.id) });
    this.events.emit('changed', parent.operation);
  }

  async cancelChildren(active: ActiveOperation, end: (child: ActiveOperation) => Promise<void>): Promise<void> {
    const family = this.families.get(active.id);
    if (family) await Promise.all(family.active.filter((child) => !child.ended).map(end));
  }

  private sum(child: Operation): Family | null {
    const family = child.parentId ? this.families.get(child.parentId) : undefined;
    if (!family?.children.has(child.id)) return null;
    family.children.set(child.id, child);
    const progress = familyProgress([...family.children.values()]);
    family.parent.change({ progress });
    const { layers: _, ...summary } = progress;
    this.events.emit('progress', { id: family.parent.id, progress: summary, layers: [] });
    return family;
  }

  private async follow(operation: Operation): Promise<void> {
    const family = this.sum(operation);
    if (!family) return;
    const children = [...family.children.values()];
    if (family.parent.ended || !children.every((one) => hasEnded(one.state))) return;
    this.families.delete(family.parent.id);
    try {
      await this.ender.end(family.parent, familyEnding(family.parent.operation, children));
    } catch (error) {
      this.logger.error({ err: error, operation: family.parent.id });
    } finally {
      this.scheduler.forget(family.parent);
    }
  }
}
