import type { AwsCommand } from './kind.ts';
import type { Priority } from './queue.ts';

/** On whose behalf AWS is called. */
export interface CallScope {
  readonly region: string;
  readonly priority: Priority;
  readonly signal: AbortSignal;
  /** Throws when this process may no longer write. Called after every wait and immediately before a mutation is sent. */
  readonly gate: () => void;
}

export interface BoundCloud<Reads> {
  readonly reads: Reads;
  /** Sends one mutation, once. Rejects with an `OperatorError`; what was ambiguous has to be observed, not repeated. */
  send(service: string, command: AwsCommand): Promise<unknown>;
}

/** What the engine needs of the AWS layer; `aws/cloud.ts` implements it, `main.ts` joins them. */
export interface Cloud<Reads> {
  bind(scope: CallScope): BoundCloud<Reads>;
}
