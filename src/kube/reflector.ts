import type { Logger } from 'pino';
import { type Clock, sleep } from '../clock.ts';
import { KubeError, needsRelist } from './errors.ts';
import { received } from './freeze.ts';
import { pathOf } from './paths.ts';
import { initialState, type ReflectorInput, type ReflectorState, transition } from './reflector-state.ts';
import { Refreshes } from './refresh.ts';
import type { Store } from './store.ts';
import type { Transport } from './transport.ts';
import { apiVersionOf, type KubeObject, type ResourceNames } from './types.ts';
import { parseWatchLine } from './watch-event.ts';

export interface ReflectorOptions<T extends KubeObject> {
  readonly transport: Transport;
  readonly store: Store<T>;
  readonly names: ResourceNames;
  /** Only this namespace; without it, all. */
  readonly namespace?: string | undefined;
  /** Only objects with these labels; without it, all. One that loses them is deleted from the store, and added when it has them again. */
  readonly labelSelector?: string | undefined;
  /** Only objects with these fields, such as `metadata.name=team`; without it, all. */
  readonly fieldSelector?: string | undefined;
  /** The rest of the objects is neither sent nor kept. */
  readonly metadataOnly?: boolean | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface ReflectorStats {
  readonly state: ReflectorState['kind'];
  /** Lists begun from the first page, after the first. */
  readonly relists: number;
  /** Watches opened, after the first. */
  readonly reconnects: number;
  /** Lines of a watch that were not an event. */
  readonly parseErrors: number;
  /** Monotonic time of the last page, event or bookmark. A watch that is only open may be one that is told nothing. */
  readonly lastEventAtMs: number | undefined;
  readonly seenResourceVersion: string | undefined;
}

interface ListResponse<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[];
}

const pageSize = 500;
/** A list page of 500 large objects takes longer than a normal call. */
const listDeadlineMs = 30_000;
/** client-go's rule: a watch that ends sooner than this without an event is a failure, or it would be a hot loop. */
const shortestHealthyWatchMs = 1_000;
/**
 * Bookmarks come about every minute, so a watch that is silent for two, however often it was resumed, may be so for ever: a proxy holds
 * the stream back, or etcd was restored. From a version that it has not reached kube-apiserver accepts a watch and tells it nothing
 * (kubernetes#107457). Where etcd reports no progress a quiet kind is silent for longer and well; that costs a list now and then.
 */
const longestSilenceMs = 120_000;
/** What a starting API server, or a load balancer without one, answers. */
const gatewayErrors: ReadonlySet<number> = new Set([502, 503, 504]);

/**
 * Keeps a store equal to the API server, for ever: list, watch, resume, relist. Nothing but the abort of `run`'s signal stops it, and
 * that one signal goes through list, wait and watch, so that nothing stays open afterwards. The one exception is a label selector that
 * the API server cannot read: no retry makes it better.
 */
export class Reflector<T extends KubeObject> {
  /** Resolves when the first list is in the store; rejects when the reflector is stopped before, or cannot ever list. */
  readonly synced: Promise<void>;
  readonly #options: ReflectorOptions<T>;
  readonly #path: string;
  readonly #markSynced: () => void;
  readonly #failSynced: (reason: unknown) => void;
  #state: ReflectorState = initialState;
  /** Items of the pages read so far; they reach the store only with the last page. */
  #pages: T[] = [];
  #refusal: KubeError | undefined;
  /** Ends the watch that is open. */
  #interrupt: AbortController | undefined;
  readonly #refreshes = new Refreshes();
  #lists = 0;
  #watches = 0;
  #parseErrors = 0;
  /** For how long watches have been open since the last page or line. */
  #silentMs = 0;
  #lastEventAtMs: number | undefined;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#path = pathOf(options.names, options.namespace);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.synced = promise;
    this.#markSynced = resolve;
    this.#failSynced = reject;
    // Nobody has to be waiting for it when it is stopped.
    promise.catch(() => undefined);
  }

  get kind(): string {
    return this.#options.names.kind;
  }

  get stats(): ReflectorStats {
    return {
      state: this.#state.kind,
      relists: Math.max(0, this.#lists - 1),
      reconnects: Math.max(0, this.#watches - 1),
      parseErrors: this.#parseErrors,
      lastEventAtMs: this.#lastEventAtMs,
      seenResourceVersion: this.#options.store.seenResourceVersion,
    };
  }

  /**
   * Lists again, and resolves when the store holds everything that was written before this call. A watch alone cannot tell: it may lag,
   * and a quiet kind hears nothing for a minute. Rejects when the reflector is stopped before.
   */
  refresh(): Promise<void> {
    const refreshed = this.#refreshes.ask();
    this.#interrupt?.abort(new Error('a new list was asked for'));
    return refreshed;
  }

  /** Runs until the signal aborts; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    this.#state = initialState;
    while (this.#state.kind !== 'stopped') {
      const input = await this.#perform(this.#state, signal);
      this.#state = transition(this.#state, input, this.#options.clock.random());
    }
    this.#pages = [];
    this.#failSynced(this.#refusal ?? signal.reason);
    this.#refreshes.fail(signal.reason);
  }

  async #perform(state: Exclude<ReflectorState, { kind: 'stopped' }>, signal: AbortSignal): Promise<ReflectorInput> {
    if (signal.aborted) return { kind: 'aborted' };
    switch (state.kind) {
      case 'listing':
        return this.#listPage(state.continueToken, signal);
      case 'watching':
        return this.#watch(state.resourceVersion, signal);
      case 'waiting':
        return this.#wait(state.delayMs, signal);
      default:
        return state satisfies never;
    }
  }

  async #wait(delayMs: number, signal: AbortSignal): Promise<ReflectorInput> {
    try {
      await sleep(this.#options.clock, delayMs, signal);
      return { kind: 'waited' };
    } catch {
      return { kind: 'aborted' };
    }
  }

  async #listPage(continueToken: string | undefined, signal: AbortSignal): Promise<ReflectorInput> {
    if (continueToken === undefined) {
      this.#pages = [];
      this.#lists += 1;
      this.#refreshes.listBegins();
    }
    const { labelSelector, fieldSelector } = this.#options;
    try {
      // No resourceVersion: a consistent read. Version 0 would be any replica's cache, which may lie hours back (kubernetes #59848).
      const list = await this.#options.transport.request<ListResponse<T>>({
        method: 'GET',
        path: this.#path,
        query: { limit: pageSize, continue: continueToken, labelSelector, fieldSelector },
        accept: this.#accept('PartialObjectMetadataList'),
        deadlineMs: listDeadlineMs,
        signal,
      });
      for (const item of list.items) this.#pages.push(this.#complete(item));
      this.#touch();
      const token = list.metadata.continue === '' ? undefined : list.metadata.continue;
      if (token === undefined) this.#finishList(list.metadata.resourceVersion);
      return { kind: 'page', continueToken: token, resourceVersion: list.metadata.resourceVersion };
    } catch (error) {
      // A selector that was good once stays good: later, a 400 is the doing of something else and will pass.
      const { store } = this.#options;
      if (store.seenResourceVersion === undefined) this.#refusal = selectorRefused(error, labelSelector);
      if (this.#refusal !== undefined) return { kind: 'refused' };
      return this.#failure(error, signal, { resourceVersion: undefined, healthy: false });
    }
  }

  #finishList(resourceVersion: string): void {
    const pages = this.#pages;
    this.#pages = [];
    this.#options.store.replace(pages, resourceVersion);
    this.#markSynced();
    this.#refreshes.listIsThere();
  }

  /** Items of a list of a built-in kind come without apiVersion and kind. */
  #complete(item: T): T {
    const { names } = this.#options;
    return { ...received(item), apiVersion: apiVersionOf(names), kind: names.kind };
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<ReflectorInput> {
    const interrupt = new AbortController();
    this.#interrupt = interrupt;
    // Asked for while the last pages were read: those pages began too early.
    if (this.#refreshes.areAsked) return { kind: 'expired', healthy: true };
    const input = await this.#follow(resourceVersion, AbortSignal.any([signal, interrupt.signal]));
    if (signal.aborted) return input;
    if (interrupt.signal.aborted) return { kind: 'expired', healthy: true };
    if (this.#silentMs < longestSilenceMs) return input;
    const { log, names } = this.#options;
    log.info({ kind: names.kind }, 'the watch has been silent for too long; list and watch start again');
    return { kind: 'expired', healthy: true };
  }

  async #follow(resourceVersion: string, signal: AbortSignal): Promise<ReflectorInput> {
    const { clock, transport, labelSelector, fieldSelector } = this.#options;
    this.#watches += 1;
    const reached = { resourceVersion, healthy: false };
    let openedAt = Number.POSITIVE_INFINITY;
    const isHealthy = (): boolean => reached.healthy || clock.monotonicMs() - openedAt >= shortestHealthyWatchMs;
    try {
      const lines = await transport.stream({
        path: this.#path,
        query: {
          watch: true,
          allowWatchBookmarks: true,
          resourceVersion,
          labelSelector,
          fieldSelector,
          // Jittered, so that the watches of all kinds do not end together.
          timeoutSeconds: 240 + Math.floor(clock.random() * 61),
        },
        accept: this.#accept('PartialObjectMetadata'),
        signal,
      });
      openedAt = clock.monotonicMs();
      for await (const line of lines) {
        reached.resourceVersion = this.#handle(line);
        reached.healthy = true;
      }
      if (signal.aborted) return { kind: 'aborted' };
      return { ...reached, kind: 'ended', healthy: isHealthy() };
    } catch (error) {
      // A kind without changes has quiet watches; that one breaks after minutes is no reason to wait longer each time.
      return this.#failure(error, signal, { ...reached, healthy: isHealthy() });
    } finally {
      // Nothing for one that was not opened: a server that is down keeps nothing to itself.
      const heardAt = Math.max(openedAt, this.#lastEventAtMs ?? openedAt);
      this.#silentMs += Math.max(0, clock.monotonicMs() - heardAt);
    }
  }

  /** Brings one line into the store and returns the version to resume from. */
  #handle(line: string): string {
    const { store } = this.#options;
    const event = parseWatchLine<T>(line);
    this.#touch();
    switch (event.type) {
      case 'ADDED':
      case 'MODIFIED':
        store.apply(received(event.object));
        break;
      case 'DELETED':
        store.delete(received(event.object));
        break;
      case 'BOOKMARK':
        store.advance(event.object.metadata.resourceVersion);
        break;
      default:
        return event satisfies never;
    }
    return event.object.metadata.resourceVersion;
  }

  #failure(
    error: unknown,
    signal: AbortSignal,
    reached: { readonly resourceVersion: string | undefined; readonly healthy: boolean },
  ): ReflectorInput {
    if (signal.aborted) return { kind: 'aborted' };
    const { log, names } = this.#options;
    const known = error instanceof KubeError ? error : undefined;
    if (known?.reason === 'MalformedEvent') this.#parseErrors += 1;
    if (needsRelist(error)) {
      log.info({ kind: names.kind, reason: known?.reason }, 'list and watch start again');
      return { kind: 'expired', healthy: reached.healthy };
    }
    log.warn({ kind: names.kind, reason: known?.reason, err: error }, 'list or watch failed and will be resumed');
    const unavailable =
      known?.reason === 'ConnectionFailed' || (known?.status !== undefined && gatewayErrors.has(known.status));
    return { ...reached, kind: 'failed', retryAfterMs: known?.retryAfterMs, unavailable };
  }

  /** The API server's own way to leave out all but the metadata. */
  #accept(as: string): string | undefined {
    return this.#options.metadataOnly === true ? `application/json;as=${as};g=meta.k8s.io;v=v1` : undefined;
  }

  #touch(): void {
    this.#lastEventAtMs = this.#options.clock.monotonicMs();
    this.#silentMs = 0;
  }
}

/** Of a first list everything but the selector is ours, so a 400 is about the selector. */
function selectorRefused(error: unknown, labelSelector: string | undefined): KubeError | undefined {
  if (labelSelector === undefined || !(error instanceof KubeError) || error.status !== 400) return undefined;
  const message = `The label selector "${labelSelector}" is not one that the API server can read: ${error.message}`;
  return new KubeError('terminal', 'InvalidLabelSelector', message, { cause: error, status: 400 });
}
