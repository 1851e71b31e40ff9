import type { TestApp, TestClient } from '../../testing/create-test-app.js';

export const path = '/api/v1/registries';

interface MadeRegistry {
  id: string;
  address: string;
  credentials: { id: string; username: string; isDefault: boolean }[];
}

interface SeenEvent {
  action: string;
  phase: string;
  outcome: string | null;
  details: Record<string, unknown>;
}

/** Calls for tests of registries; keeps every answer, so that secrets can be searched in them. */
export class RegistriesClient {
  readonly answers: string[] = [];

  constructor(private readonly app: TestApp) {}

  async call(client: TestClient, method: string, where: string, body?: unknown) {
    const answer = await client.call(method, where, body);
    this.answers.push(answer.text);
    return answer;
  }

  /** As the admin. */
  ask(method: string, where: string, body?: unknown) {
    return this.call(this.app.asAdmin, method, where, body);
  }

  async add(body: object): Promise<MadeRegistry> {
    const answer = await this.ask('POST', path, { name: 'a registry', insecure: true, ...body });
    if (answer.status !== 201) throw new Error(`The registry was not added: ${answer.text}`);
    return answer.body as MadeRegistry;
  }

  /** What is on record about a registry, the oldest first. */
  async events(id: string): Promise<SeenEvent[]> {
    const answer = await this.ask('GET', `/api/v1/audit/events?subject=${id}&order=asc`);
    return answer.body.items as SeenEvent[];
  }
}
