import {
  DeregisterTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandOutput,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecs';
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { Disposition } from '../errors.ts';
import { type AccountAccess, type Session, Sessions, sessionKey } from './accounts.ts';
import { type BudgetLevel, type BudgetOptions, RequestBudget } from './budget.ts';
import type { HttpSettings } from './clients.ts';
import type { AwsCommand, Caller, Priority } from './command.ts';
import type { CallerIdentity } from './identity.ts';
import type { AwsReads } from './reads.ts';
import { Region } from './region.ts';
import { type SharedReads, sharedReads } from './sharedreads.ts';
import { RegisteredRevisions } from './taskdefinitions.ts';

export type { AccountAccess } from './accounts.ts';
export type { CallerIdentity } from './identity.ts';

export interface CloudConfig {
  /** The region of objects that name none, and of the identity check. */
  readonly region: string;
  readonly http?: Partial<HttpSettings> | undefined;
  readonly budget?: Partial<BudgetOptions> | undefined;
  /** How long a batch of reads waits for company. */
  readonly batchWindowMs?: number | undefined;
  /** What CloudTrail shows as the name of the operator's sessions in roles. */
  readonly sessionName?: string | undefined;
}

/** One request to AWS, as metrics and logs see it. */
export interface CallRecord {
  /** Such as `ecs`: several services have a DescribeTags. */
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  /** Id of the account; empty before it is known. */
  readonly account: string;
  readonly outcome: 'ok' | Disposition;
  /** The stable reason when the outcome is not `ok`. */
  readonly reason: string | undefined;
  readonly durationMs: number;
  readonly requestId: string | undefined;
  /** HTTP status of the answer; undefined when there was none. */
  readonly status: number | undefined;
  readonly attempts: number;
  /** What the caller gave as such. */
  readonly cause: object | undefined;
}

/** How long one request waited for the budget. */
export interface BudgetWait {
  readonly service: string;
  /** As it was asked for; a shared read may have become more urgent while it waited. */
  readonly priority: Priority;
  readonly waitedMs: number;
}

/** What is left of one class's budget in one region of an account. */
export interface AccountBudgetLevel extends BudgetLevel {
  readonly region: string;
  readonly account: string;
}

export interface CloudOptions {
  readonly config: CloudConfig;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onCall?: ((call: CallRecord) => void) | undefined;
  /** Called when a request has been let through by the budget. */
  readonly onBudgetWait?: ((wait: BudgetWait) => void) | undefined;
}

/** What one reconcile pass hands over when it starts to talk to AWS. */
export interface Binding {
  /** Checked against what AWS says before anything is changed there. */
  readonly account: AccountAccess;
  readonly region: string;
  readonly priority: Priority;
  readonly signal: AbortSignal;
  /** Called immediately before every mutation; throws when this process may no longer write (leadership lost). */
  readonly gate: () => void;
  /** For whom the calls are made; comes back in their records. */
  readonly cause?: object | undefined;
}

export interface BoundCloud {
  readonly reads: AwsReads;
  /** Sends one command to `service` (such as `ecs`) and returns AWS's answer; rejects with an `OperatorError`. */
  send(service: string, command: AwsCommand): Promise<unknown>;
}

/** A few milliseconds gather the passes of one resync, and nobody notices them. */
const defaultBatchWindowMs = 4;

const defaultSessionName = 'ecs-operator';

/** What AWS lets one account do in one region, and what is left of it. */
interface AccountBudget {
  /** Its id; empty before it is known. */
  readonly account: () => string;
  readonly region: string;
  readonly budget: RequestBudget;
}

interface RegionState {
  readonly region: Region;
  readonly reads: (caller: Caller) => SharedReads;
  readonly registered: RegisteredRevisions;
}

/**
 * AWS, as the rest of the operator sees it: one set of clients for each account and region, shared by all controllers, and one budget,
 * because AWS counts requests by account and region.
 */
export class Cloud {
  readonly #options: CloudOptions;
  readonly #sessions: Sessions;
  readonly #regions = new Map<string, RegionState>();
  readonly #budgets = new Map<string, AccountBudget>();
  #share = 1;
  /** For STS alone, with the operator's own credentials: whose they are is what it is asked for. */
  readonly #signInBudget: AccountBudget;
  #signIn: Region | undefined;

  constructor(options: CloudOptions) {
    const { config, clock } = options;
    this.#options = options;
    this.#sessions = new Sessions({
      clock,
      sessionName: sessionNameOf(config.sessionName ?? defaultSessionName),
      signIn: () => this.#signInRegion(),
      regionOf: (access) => this.#stateOf(access, access.region ?? config.region).region,
    });
    this.#signInBudget = {
      account: () => this.#sessions.own.identity.last?.account ?? '',
      region: config.region,
      budget: new RequestBudget(clock, config.budget),
    };
  }

  /** AWS for one reconcile pass. */
  bind({ account, region, priority, signal, gate, cause }: Binding): BoundCloud {
    const state = this.#stateOf(account, region);
    const caller = { priority, signal, cause };
    const callerIdentity = (): Promise<CallerIdentity> => this.identify(signal, account);
    return {
      reads: { ...state.reads(caller), callerIdentity },
      send: async (service, command) => {
        await callerIdentity();
        const answer = await state.region.call(service, command, caller, gate);
        remember(state.registered, command, answer);
        return answer;
      },
    };
  }

  /**
   * Who AWS says we are in this account, or with the operator's own credentials if none is given. Asked once for each set of
   * credentials; an error is not remembered. Throws `AccountMismatch` when it is not the account that it has to be.
   */
  identify(signal: AbortSignal, account?: AccountAccess): Promise<CallerIdentity> {
    return this.#sessions.identify(signal, account);
  }

  /** What is left of every budget, by account and region. */
  get budgets(): readonly AccountBudgetLevel[] {
    return [this.#signInBudget, ...this.#budgets.values()].flatMap(({ account, region, budget }) =>
      budget.levels.map((level) => ({ ...level, region, account: account() })),
    );
  }

  /** Which part of every account's quota is this process's, above 0 and at most 1. STS, which each replica asks for itself, is not split. */
  set share(share: number) {
    this.#share = share;
    for (const { budget } of this.#budgets.values()) budget.share = share;
  }

  /** Closes all connections; calls under way fail. */
  close(): void {
    this.#signIn?.destroy();
    for (const { region } of this.#regions.values()) region.destroy();
    this.#regions.clear();
  }

  #signInRegion(): Region {
    this.#signIn ??= this.#createRegion(this.#signInBudget, undefined);
    return this.#signIn;
  }

  #stateOf(access: AccountAccess, name: string): RegionState {
    const key = JSON.stringify([sessionKey(access), access.accountId, name]);
    const known = this.#regions.get(key);
    if (known !== undefined) return known;
    const { config, clock } = this.#options;
    const session = this.#sessions.of(access);
    const region = this.#createRegion(this.#budgetOf(access.accountId, name), session);
    const registered = new RegisteredRevisions(clock);
    const reads = sharedReads(region, config.batchWindowMs ?? defaultBatchWindowMs, registered);
    const state = { region, reads, registered };
    this.#regions.set(key, state);
    return state;
  }

  #createRegion({ account, region, budget }: AccountBudget, session: Session | undefined): Region {
    const { config, clock, log, onCall = () => {}, onBudgetWait = () => {} } = this.#options;
    const credentials = session === undefined ? undefined : (session.credentials ?? this.#signInRegion().credentials);
    const onRefused = session?.refused;
    return new Region({ region, account, credentials, budget, config, clock, log, onCall, onBudgetWait, onRefused });
  }

  #budgetOf(account: string, region: string): AccountBudget {
    const key = `${account}/${region}`;
    const { config, clock } = this.#options;
    const known = this.#budgets.get(key) ?? {
      account: () => account,
      region,
      budget: new RequestBudget(clock, config.budget),
    };
    this.#budgets.set(key, known);
    known.budget.share = this.#share;
    return known;
  }
}

/** STS takes no other characters, and no more of them. */
function sessionNameOf(name: string): string {
  return name.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, 64);
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
