import { hasEnded } from '../operations/states.js';
import type { BoardEvent, BoardSnapshot, LiveMessage, OperationEvent, OperationSnapshot } from './messages.js';

/** `stale` asks for a fresh snapshot: another epoch or a gap. Messages that the snapshot holds already are passed over. */
export type Reduced<S> = { state: S; stale: boolean };

/** How many ended operations and transcript lines a viewer keeps. */
export const keptEnded = 50;
export const keptLines = 2000;

function place(
  state: { epoch: string; seq: number },
  message: { epoch: string; seq: number },
): 'next' | 'known' | 'gap' {
  if (message.epoch !== state.epoch) return 'gap';
  if (message.seq <= state.seq) return 'known';
  return message.seq === state.seq + 1 ? 'next' : 'gap';
}

export function reduceBoard(state: BoardSnapshot, message: LiveMessage<BoardEvent>): Reduced<BoardSnapshot> {
  const where = place(state, message);
  if (where !== 'next') return { state, stale: where === 'gap' };
  return { state: { ...applyToBoard(state, message.event), seq: message.seq }, stale: false };
}

function applyToBoard(state: BoardSnapshot, event: BoardEvent): BoardSnapshot {
  switch (event.type) {
    case 'operation': {
      const others = state.operations.filter((one) => one.id !== event.operation.id);
      const known = others.length !== state.operations.length;
      const next = known
        ? state.operations.map((one) => (one.id === event.operation.id ? event.operation : one))
        : [event.operation, ...others];
      let ended = 0;
      return { ...state, operations: next.filter((one) => !hasEnded(one.state) || ++ended <= keptEnded) };
    }
    case 'progress':
      return {
        ...state,
        operations: state.operations.map((one) => (one.id === event.id ? { ...one, progress: event.progress } : one)),
      };
    case 'engine': {
      const known = state.engines.some((one) => one.slug === event.engine.slug);
      const engines = known
        ? state.engines.map((one) => (one.slug === event.engine.slug ? event.engine : one))
        : [...state.engines, event.engine];
      return { ...state, engines };
    }
    case 'here':
      return { ...state, here: event.actors };
    case 'record':
      return { ...state, recordSeq: Math.max(state.recordSeq, event.seq) };
    case 'images':
    case 'registries':
      return state;
  }
}

export function reduceOperation(
  state: OperationSnapshot,
  message: LiveMessage<OperationEvent>,
): Reduced<OperationSnapshot> {
  const where = place(state, message);
  if (where !== 'next') return { state, stale: where === 'gap' };
  return { state: { ...applyToOperation(state, message.event), seq: message.seq }, stale: false };
}

function applyToOperation(state: OperationSnapshot, event: OperationEvent): OperationSnapshot {
  switch (event.type) {
    case 'operation': {
      const layers = state.operation.progress.layers;
      return { ...state, operation: { ...event.operation, progress: { ...event.operation.progress, layers } } };
    }
    case 'progress': {
      const changed = new Map(event.layers.map((layer) => [layer.id, layer]));
      const known = state.operation.progress.layers.map((layer) => {
        const next = changed.get(layer.id);
        changed.delete(layer.id);
        return next ?? layer;
      });
      const progress = { ...event.progress, layers: [...known, ...changed.values()] };
      return { ...state, operation: { ...state.operation, progress } };
    }
    case 'watchers':
      return { ...state, watchers: event.watchers };
    case 'lines': {
      const fresh = event.lines.slice(Math.max(0, state.lines.from + state.lines.lines.length - event.from));
      const lines = [...state.lines.lines, ...fresh];
      const over = Math.max(0, lines.length - keptLines);
      return { ...state, lines: { from: state.lines.from + over, lines: lines.slice(over) } };
    }
  }
}
