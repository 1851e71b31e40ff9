import { Injectable } from '@nestjs/common';
import { WaybillError, type CheckResult, type Failure } from '@waybill/contract';
import { engineServerAddress, redact, type Login } from '@waybill/registry';
import { EnginesService } from '../engines/engines.service.js';

type EngineAnswer = CheckResult['engines'][number];

/** Lets each connected engine try a registry: TLS, plain http and the way there are the engine's own. */
@Injectable()
export class EngineChecks {
  constructor(private readonly engines: EnginesService) {}

  /** Without a login the question is only whether the engine reaches the registry. */
  async ask(registry: { address: string }, login: Login | undefined): Promise<EngineAnswer[]> {
    const connected = this.engines.list().filter((one) => one.state === 'connected');
    return Promise.all(connected.map((one) => this.askOne(one.slug, registry.address, login)));
  }

  private async askOne(engine: string, address: string, login: Login | undefined): Promise<EngineAnswer> {
    const started = performance.now();
    const answer = (error: Failure | null): EngineAnswer => ({
      engine,
      ok: error === null,
      error,
      latencyMs: Math.round(performance.now() - started),
    });
    try {
      const serveraddress = engineServerAddress(address);
      await this.engines
        .client(engine)
        .authenticate({ username: login?.username ?? '', password: login?.secret ?? '', serveraddress });
      return answer(null);
    } catch (error) {
      if (!(error instanceof WaybillError)) throw error;
      // Asked without a login, being asked for one is the proof that it is reached.
      if (!login && (error.code === 'registry.unauthorized' || error.code === 'credential.required'))
        return answer(null);
      const failure = error.toFailure();
      return answer({ ...failure, detail: failure.detail && redact(failure.detail, login ? [login.secret] : []) });
    }
  }
}
