import { Injectable, Inject } from '@nestjs/common';
import { WaybillError, parseReference, type OperationResult } from '@waybill/contract';
import { isEngineLost, operationUserAgent } from '@waybill/engine';
import { CONFIG, type Config } from '../config/config.js';
import { version } from '../common/version.js';
import { EnginesService } from '../engines/engines.service.js';
import { RegistriesService } from '../registries/registries.service.js';
import type { ActiveOperation } from './active-operation.js';
import type { Ending } from './operation.types.js';
import { SilenceWatch } from './silence-watch.js';

/** How often a transfer is tried again after a rate limit. */
const rateLimitTries = 5;

/** Longer a registry is not waited for: the operation holds one of the engine's places. */
const longestBackOffSeconds = 900;

/** Why a running transfer was stopped by us; the abort signal's reason. */
export class Stopped {
  constructor(readonly ending: Ending) {}
}

/** Does one pull or push: asks the engine, reads its lines, backs off on a rate limit, and says how it ended. */
@Injectable()
export class TransferRunner {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly engines: EnginesService,
    private readonly registries: RegistriesService,
  ) {}

  /** Never throws: whatever happens is an Ending. `changed` is called after each line. */
  async run(active: ActiveOperation, changed: () => void): Promise<Ending> {
    const started = Date.now();
    try {
      for (let attempt = 1; ; attempt += 1) {
        active.change({ attempt });
        const failure = await this.attempt(active, changed).then(
          () => null,
          (error: unknown) => error,
        );
        if (failure === null) break;
        const again =
          failure instanceof WaybillError && failure.code === 'registry.rate_limited' && attempt <= rateLimitTries;
        if (!again || active.abort.signal.aborted) throw failure;
        await this.backOff(active, attempt, failure, changed);
      }
      // Who watches gets the last layers too: the end itself is told without them.
      active.finishTransfer();
      changed();
      return { state: 'succeeded', result: await this.resultOf(active, started) };
    } catch (error) {
      return this.endingOf(active, error);
    }
  }

  private async attempt(active: ActiveOperation, changed: () => void): Promise<void> {
    const { kind, engine, reference, platform, credential } = active.operation;
    const action = kind === 'image.pull' ? 'pull' : 'push';
    const access = await this.registries.accessFor(parseReference(reference), credential?.id ?? null, action);
    const silence = new SilenceWatch(this.config.operations.silenceSeconds, () =>
      active.abort.abort(
        new Stopped({ state: 'failed', error: silent(this.config.operations.silenceSeconds).toFailure() }),
      ),
    );
    try {
      const client = this.engines.client(engine);
      // Older engines tell the size of a few layers at a time only: without this a large push has no percent for long.
      if (action === 'push') active.expect(await client.pushSizes(reference).catch(() => new Map<string, number>()));
      const lines = client[action]({
        reference,
        auth: access.auth,
        userAgent: operationUserAgent(version, active.id),
        signal: active.abort.signal,
        ...(platform && action === 'pull' ? { platform } : {}),
      });
      for await (const line of lines) {
        silence.heard();
        active.accept(line, new Date());
        changed();
      }
      active.abort.signal.throwIfAborted();
      // The engine's event may still be on its way to us when somebody asks for the list.
      this.engines.catalog(engine).invalidate();
    } finally {
      silence.end();
    }
  }

  private async backOff(
    active: ActiveOperation,
    attempt: number,
    failure: WaybillError,
    changed: () => void,
  ): Promise<void> {
    const asked = failure.retryAfter ?? this.config.operations.backOffSeconds * 2 ** (attempt - 1);
    const seconds = Math.min(longestBackOffSeconds, Math.max(1, asked));
    const until = new Date(Date.now() + seconds * 1000);
    active.note(`The registry's rate limit is reached; next try at ${until.toISOString()}.`, new Date());
    active.backOff(until);
    changed();
    await sleep(seconds * 1000, active.abort.signal);
  }

  private async resultOf(active: ActiveOperation, started: number): Promise<OperationResult> {
    const { operation, found } = active;
    const reference = parseReference(operation.reference);
    const manifest = await this.registries
      .manifestIfFree(reference, operation.credential?.id ?? null)
      .catch(() => null);
    const image = await this.engines
      .client(operation.engine)
      .inspectImage(operation.reference)
      .catch(() => null);
    return {
      digest: found.digest ?? manifest?.digest ?? null,
      size: manifest && (!found.digest || manifest.digest === found.digest) ? manifest.size : null,
      manifestSize: found.manifestSize ?? manifest?.manifestSize ?? null,
      imageId: image?.id ?? null,
      layersMoved: operation.progress.layersTotal - operation.progress.layersThere,
      layersThere: operation.progress.layersThere,
      bytesMoved: operation.progress.bytesDone,
      durationMs: Date.now() - started,
      status: found.status,
    };
  }

  private endingOf(active: ActiveOperation, error: unknown): Ending {
    const reason: unknown = active.abort.signal.reason;
    if (active.abort.signal.aborted && reason instanceof Stopped) return reason.ending;
    const known =
      error instanceof WaybillError
        ? error
        : new WaybillError('server.error', 'Waybill failed at this; its log says more.', { cause: error });
    // Nobody told us how it ended: the engine went away under it.
    return isEngineLost(known)
      ? { state: 'interrupted', error: { ...known.toFailure(), code: 'operation.interrupted' } }
      : { state: 'failed', error: known.toFailure() };
  }
}

function silent(seconds: number): WaybillError {
  return new WaybillError(
    'operation.silent',
    `The engine said nothing for ${seconds} seconds, so the transfer was ended. Try again, or look whether the registry answers.`,
  );
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
