import { diag, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import type { CallRecord } from '../aws/cloud.ts';
import { type Clock, sleep } from '../clock.ts';
import type { ObservedPass } from '../engine/controller.ts';
import { isPassIdentity, type PassIdentity } from '../engine/pass.ts';
import type { RequestRecord } from '../kube/transport.ts';
import { redactText } from '../redact.ts';
import { callSpan, passEnd, passSpan, requestSpan, type SpanFacts } from './spans.ts';

export interface TracingOptions {
  /** Base of the OTLP/HTTP receiver, as in OTEL_EXPORTER_OTLP_ENDPOINT: spans go to `/v1/traces` below it. */
  readonly endpoint: string;
  readonly version: string;
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Tracing {
  readonly watcher: {
    onPass(pass: ObservedPass): void;
    onCall(call: CallRecord): void;
    onRequest(request: RequestRecord): void;
  };
  /** Sends what is left; gives up after `deadlineMs`. */
  stop(deadlineMs: number): Promise<void>;
}

/** A receiver that is down is told of once in this time. */
const COMPLAIN_EVERY_MS = 60_000;
const EXPORT_TIMEOUT_MS = 10_000;

/**
 * One span a pass, one a call of AWS and one a write to the API server. Spans are made from what the layers report when something is over,
 * and a call's parent is the pass that it names: nothing follows the passes through their promises, which would cost every one of them.
 * Loaded only when traces are wanted.
 */
export function startTracing({ endpoint, version, instance, clock, log }: TracingOptions): Tracing {
  complainTo(log, clock);
  const own = { 'service.name': 'ecs-operator', 'service.version': version, 'service.instance.id': instance };
  const fromEnvironment = detectResources({ detectors: [envDetector] });
  const exporter = new OTLPTraceExporter({ url: tracesUrl(endpoint), timeoutMillis: EXPORT_TIMEOUT_MS });
  const provider = new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes(own)).merge(fromEnvironment),
    // Bounded, and sent in the background: what does not fit is dropped, and no pass waits.
    spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: EXPORT_TIMEOUT_MS })],
  });
  const spans = new PassSpans(provider.getTracer('ecs-operator', version), clock);
  return {
    watcher: {
      onPass: (pass) => spans.end(pass),
      onCall: (call) => spans.add(callSpan(call), call),
      onRequest: (request) => {
        if (isPassIdentity(request.cause)) spans.add(requestSpan(request), request);
      },
    },
    async stop(deadlineMs) {
      const over = new AbortController();
      const deadline = sleep(clock, deadlineMs, over.signal).then(() => Promise.reject(new Error('deadline')));
      await Promise.race([provider.shutdown(), deadline]).catch((error: unknown) => {
        log.warn({ err: error }, 'the last traces were not sent');
      });
      over.abort();
    },
  };
}

export function tracesUrl(endpoint: string): string {
  return endpoint.endsWith('/v1/traces') ? endpoint : `${endpoint.replace(/\/+$/, '')}/v1/traces`;
}

/** Spans of the passes at work, and what hangs below them. */
class PassSpans {
  readonly #tracer: Tracer;
  readonly #clock: Clock;
  /** A shared read may end after the pass that first asked for it: its span finds its parent as long as anybody can name it. */
  readonly #spans = new WeakMap<PassIdentity, Span>();

  constructor(tracer: Tracer, clock: Clock) {
    this.#tracer = tracer;
    this.#clock = clock;
  }

  end(pass: ObservedPass): void {
    // It looked at nothing and comes again in a moment.
    if (pass.result.kind === 'stale') return;
    finish(this.#of(pass.identity), passEnd(pass), this.#clock.wallMs());
  }

  add(facts: SpanFacts, { cause, durationMs }: { readonly cause: object | undefined; readonly durationMs: number }) {
    const parent = isPassIdentity(cause) ? trace.setSpan(ROOT_CONTEXT, this.#of(cause)) : ROOT_CONTEXT;
    const endTime = this.#clock.wallMs();
    const span = this.#tracer.startSpan(facts.name, { kind: SpanKind.CLIENT, startTime: endTime - durationMs }, parent);
    finish(span, facts, endTime);
  }

  #of(pass: PassIdentity): Span {
    const known = this.#spans.get(pass);
    if (known !== undefined) return known;
    const startTime = this.#clock.wallMs() - (this.#clock.monotonicMs() - pass.startedAtMs);
    const { name, attributes } = passSpan(pass);
    const span = this.#tracer.startSpan(name, { kind: SpanKind.INTERNAL, startTime, attributes }, ROOT_CONTEXT);
    this.#spans.set(pass, span);
    return span;
  }
}

function finish(span: Span, { attributes, error }: Omit<SpanFacts, 'name'>, endTime: number): void {
  span.setAttributes(attributes);
  if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
  span.end(endTime);
}

/** The exporter's complaints, which it makes for every batch. */
function complainTo(log: Logger, clock: Clock): void {
  let quietUntilMs = Number.NEGATIVE_INFINITY;
  const complain = (detail: string): void => {
    if (clock.monotonicMs() < quietUntilMs) return;
    quietUntilMs = clock.monotonicMs() + COMPLAIN_EVERY_MS;
    log.warn({ detail: redactText(detail).slice(0, 500) }, 'traces cannot be sent');
  };
  const ignore = (): void => {};
  diag.setLogger({ error: complain, warn: complain, info: ignore, debug: ignore, verbose: ignore });
}
