import type { Query } from './api.js';

/** Every key of the query cache. The first word is what the live line names when it says that something is stale. */
export const queryKeys = {
  session: ['session'] as const,
  setup: ['setup'] as const,
  sessions: ['sessions'] as const,
  users: ['users'] as const,
  usersAll: ['users', 'all'] as const,
  people: ['people'] as const,
  tokens: ['tokens'] as const,
  tokensOf: (user: string) => ['tokens', user] as const,

  engines: ['engines'] as const,
  engineInfo: (engine: string) => ['engines', engine, 'info'] as const,

  imagesAll: ['images'] as const,
  images: (engine: string, filters: Query = {}) => ['images', engine, 'list', filters] as const,
  image: (engine: string, reference: string) => ['images', engine, 'one', reference] as const,
  stamps: (engine: string) => ['images', engine, 'stamps'] as const,

  pushRules: ['push-rules'] as const,
  pushRuleList: ['push-rules', 'list'] as const,
  pushDecision: (reference: string, user: string | null) => ['push-rules', 'decision', reference, user] as const,

  registries: ['registries'] as const,
  registryHealth: ['registries', 'health'] as const,
  registry: (id: string) => ['registries', id] as const,

  operationsAll: ['operations'] as const,
  operations: (filters: Query = {}) => ['operations', 'list', filters] as const,
  operation: (id: string) => ['operations', 'one', id] as const,
  operationEvents: (id: string) => ['audit', 'operation', id] as const,
  transcript: (id: string) => ['operations', 'transcript', id] as const,

  audit: ['audit'] as const,
  auditEvents: (filters: Query = {}) => ['audit', 'events', filters] as const,
  auditEvent: (seq: number) => ['audit', 'event', seq] as const,
  today: ['today'] as const,
  /** The record's own page: new events do not make it stale by themselves, or it would jump under the reader. */
  recordEvents: (filters: Query = {}) => ['record', 'events', filters] as const,
  recordHistogram: (filters: Query = {}) => ['record', 'histogram', filters] as const,
  auditCheckpoints: ['audit', 'checkpoints'] as const,
  auditHistogram: (filters: Query = {}) => ['audit', 'histogram', filters] as const,
};
