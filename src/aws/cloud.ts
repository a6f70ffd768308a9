import {
  DeregisterTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandOutput,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import { type Disposition, OperatorError } from '../errors.ts';
import type { BudgetOptions } from './budget.ts';
import type { HttpSettings } from './clients.ts';
import type { AwsCommand, Caller, Priority } from './command.ts';
import type { AwsReads } from './reads.ts';
import { Region } from './region.ts';
import { sharedReads } from './sharedreads.ts';
import { RegisteredRevisions } from './taskdefinitions.ts';

export interface CloudConfig {
  /** The region of objects that name none, and of the identity check. */
  readonly region: string;
  readonly http?: Partial<HttpSettings> | undefined;
  readonly budget?: Partial<BudgetOptions> | undefined;
  /** How long a batch of reads waits for company. */
  readonly batchWindowMs?: number | undefined;
}

/** One request to AWS, as metrics and logs see it. */
export interface CallRecord {
  /** Such as `ecs`: several services have a DescribeTags. */
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly outcome: 'ok' | Disposition;
  /** The stable reason when the outcome is not `ok`. */
  readonly reason: string | undefined;
  readonly durationMs: number;
  readonly requestId: string | undefined;
  readonly attempts: number;
}

export interface CloudOptions {
  readonly config: CloudConfig;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onCall?: ((call: CallRecord) => void) | undefined;
}

/** What one reconcile pass hands over when it starts to talk to AWS. */
export interface Binding {
  readonly region: string;
  readonly priority: Priority;
  readonly signal: AbortSignal;
  /** Called immediately before every mutation; throws when this process may no longer write (leadership lost). */
  readonly gate: () => void;
}

export interface BoundCloud {
  readonly reads: AwsReads;
  /** Sends one command to `service` (such as `ecs`) and returns AWS's answer; rejects with an `OperatorError`. */
  send(service: string, command: AwsCommand): Promise<unknown>;
}

export interface CallerIdentity {
  readonly account: string;
  readonly arn: string;
}

/** A few milliseconds gather the passes of one resync, and nobody notices them. */
const defaultBatchWindowMs = 4;

interface RegionState {
  readonly region: Region;
  readonly reads: (caller: Caller) => AwsReads;
  readonly registered: RegisteredRevisions;
}

/** AWS, as the rest of the operator sees it: one budget and one set of clients a region, shared by all controllers. */
export class Cloud {
  readonly #options: CloudOptions;
  readonly #regions = new Map<string, RegionState>();
  #identity: CallerIdentity | undefined;

  constructor(options: CloudOptions) {
    this.#options = options;
  }

  /** AWS for one reconcile pass. */
  bind({ region, priority, signal, gate }: Binding): BoundCloud {
    const state = this.#stateOf(region);
    const caller = { priority, signal };
    return {
      reads: state.reads(caller),
      send: async (service, command) => {
        const answer = await state.region.call(service, command, caller, gate);
        remember(state.registered, command, answer);
        return answer;
      },
    };
  }

  /** Who AWS says we are. Asked once; an error is not remembered. */
  async identify(signal: AbortSignal): Promise<CallerIdentity> {
    if (this.#identity !== undefined) return this.#identity;
    const { region } = this.#stateOf(this.#options.config.region);
    const answer = await region.call('sts', new GetCallerIdentityCommand({}), { priority: 'user', signal });
    if (answer.Account === undefined || answer.Arn === undefined) {
      throw new OperatorError('failed', 'IncompleteAnswer', 'GetCallerIdentity answered without account or ARN.');
    }
    this.#identity = { account: answer.Account, arn: answer.Arn };
    return this.#identity;
  }

  /** Closes all connections; calls under way fail. */
  close(): void {
    for (const { region } of this.#regions.values()) region.destroy();
    this.#regions.clear();
  }

  #stateOf(name: string): RegionState {
    const known = this.#regions.get(name);
    if (known !== undefined) return known;
    const { config, clock, log, onCall = () => {} } = this.#options;
    const region = new Region({ region: name, config, clock, log, onCall });
    const registered = new RegisteredRevisions(clock);
    const reads = sharedReads(region, config.batchWindowMs ?? defaultBatchWindowMs, registered);
    const state = { region, reads, registered };
    this.#regions.set(name, state);
    return state;
  }
}

export function createCloud(options: CloudOptions): Cloud {
  return new Cloud(options);
}

/** Keeps what a registration returned, and drops it as soon as we ourselves change the revision's status or tags. */
function remember(registered: RegisteredRevisions, command: AwsCommand, answer: unknown): void {
  if (command instanceof RegisterTaskDefinitionCommand) {
    if (isRegistration(answer)) registered.put(answer);
  } else if (command instanceof DeregisterTaskDefinitionCommand) {
    registered.forget(command.input.taskDefinition ?? '');
  } else if (command instanceof TagResourceCommand || command instanceof UntagResourceCommand) {
    registered.forget(command.input.resourceArn ?? '');
  }
}

function isRegistration(answer: unknown): answer is RegisterTaskDefinitionCommandOutput {
  return typeof answer === 'object' && answer !== null && 'taskDefinition' in answer;
}
