import type { AccountAccess, BoundCloud, CallerIdentity, CallScope, Cloud } from '../../../src/engine/cloud.ts';
import {
  type AwsCommand,
  absent,
  type CallStep,
  type CommonSpec,
  type CommonStatus,
  type Kind,
  type ObjectReference,
} from '../../../src/engine/kind.ts';
import { OperatorError } from '../../../src/errors.ts';
import type { KubeObject } from '../../../src/kube/types.ts';
import { widgets } from '../kube/fixtures.ts';

/** The smallest kind that has everything the engine deals with: a size, a label that is a call of its own, a reference. */
export interface WidgetSpec extends CommonSpec {
  readonly size: number;
  readonly label?: string | undefined;
  readonly partOf?: ObjectReference | undefined;
}

export interface WidgetStatus extends CommonStatus {
  readonly arn?: string | undefined;
  readonly size?: number | undefined;
}

export type Widget = KubeObject<WidgetSpec, WidgetStatus>;

/** A widget in the cloud. */
export interface LiveWidget {
  readonly owner: string;
  readonly size: number;
  readonly label?: string | undefined;
  readonly state: 'ACTIVE' | 'WORKING' | 'BROKEN' | 'BUSY' | 'DELETING';
}

export interface WidgetReads {
  describe(name: string): Promise<LiveWidget | undefined>;
}

class WidgetCommand implements AwsCommand {
  readonly operation: string;
  readonly input: { readonly name: string; readonly owner?: string; readonly size?: number; readonly label?: string };

  constructor(operation: string, input: WidgetCommand['input']) {
    this.operation = operation;
    this.input = input;
  }
}

function call(operation: string, input: WidgetCommand['input'], reason: string): CallStep {
  return { kind: 'call', service: 'widgets', operation, command: new WidgetCommand(operation, input), reason };
}

function notOwned(name: string): OperatorError {
  return new OperatorError('terminal', 'NotOwned', `The widget "${name}" belongs to somebody else.`);
}

export const widget: Kind<WidgetSpec, WidgetStatus, LiveWidget, WidgetReads> = {
  names: widgets,

  references: ({ partOf }) => (partOf === undefined ? [] : [{ field: 'spec.partOf', kind: 'Widget', to: partOf }]),

  identity: ({ metadata, status }) =>
    status?.arn === undefined ? undefined : { arn: status.arn, name: metadata.name, region: 'us-east-1' },

  observe: async ({ reads }, { object }) => (await reads.describe(object.metadata.name)) ?? absent,

  plan({ object, spec }, live) {
    const { name, uid: owner } = object.metadata;
    if (live === absent) return [call('CreateWidget', { name, owner, size: spec.size }, `widget ${name} created`)];
    if (live.owner !== owner) throw notOwned(name);
    if (live.state === 'BUSY') return [{ kind: 'wait', reason: 'Busy', message: 'It is busy.' }];
    const steps: CallStep[] = [];
    if (live.size !== spec.size) {
      steps.push(call('UpdateWidget', { name, size: spec.size }, `size ${live.size} -> ${spec.size}`));
    }
    if (spec.label !== undefined && live.label !== spec.label) {
      steps.push(call('LabelWidget', { name, label: spec.label }, `label ${spec.label}`));
    }
    return steps;
  },

  retire({ object }, live) {
    const { name, uid } = object.metadata;
    if (live.owner !== uid) throw notOwned(name);
    if (live.state === 'DELETING') return [{ kind: 'wait', reason: 'Draining', message: 'It drains.' }];
    return [call('DeleteWidget', { name }, `widget ${name} deleted`)];
  },

  conclude({ object }, live) {
    const status = { arn: `arn:${object.metadata.name}`, size: live.size };
    if (live.state === 'WORKING') {
      return { status, progress: { kind: 'progressing', reason: 'Working', message: 'It works.' } };
    }
    if (live.state === 'BROKEN') {
      return { status, progress: { kind: 'stalled', reason: 'Broken', message: 'It broke.' } };
    }
    return { status, progress: { kind: 'live' } };
  },

  fields: ({ label }) => (label === undefined ? ['size'] : ['size', 'label']),

  batchGroup: ({ region }) => region,
};

/** The widgets' cloud as plain data. It can be slow, stale and failing when a test says so. */
export class WidgetCloud implements Cloud<WidgetReads> {
  /** Whose the credentials are; `undefined` when AWS does not say. */
  account: string | undefined = '123456789012';
  readonly live = new Map<string, LiveWidget>();
  /** Every mutation that arrived, and, in the harness, every write to the API server, in order. */
  readonly journal: string[];
  /** Thrown by the next mutations, one each, before they take effect. */
  readonly sendErrors: Error[] = [];
  /** Thrown by the next reads, one each. */
  readonly readErrors: Error[] = [];
  /** Reads at work; they wait while `paused`. */
  reading = 0;
  mostReading = 0;
  /** The next mutation takes effect, and its answer is lost. */
  loseNextAnswer = false;
  newWidgets: LiveWidget['state'] = 'ACTIVE';
  deletedWidgets: 'gone' | 'DELETING' = 'gone';
  #shown: ReadonlyMap<string, LiveWidget> | undefined;
  #resume: (() => void) | undefined;
  #paused: Promise<void> | undefined;

  constructor(journal: string[]) {
    this.journal = journal;
  }

  /** From now on reads show what is there now, whatever is changed, until `catchUp`. */
  goStale(): void {
    this.#shown = new Map(this.live);
  }

  catchUp(): void {
    this.#shown = undefined;
  }

  pause(): void {
    this.#paused = new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  resume(): void {
    this.#paused = undefined;
    this.#resume?.();
  }

  async identify(_signal: AbortSignal, access?: AccountAccess): Promise<CallerIdentity> {
    const account = access?.accountId ?? this.account;
    if (account === undefined) throw new OperatorError('failed', 'ConnectionFailed', 'STS cannot be reached.');
    return { account, arn: `arn:aws:iam::${account}:user/u` };
  }

  bind({ gate, signal }: CallScope): BoundCloud<WidgetReads> {
    return {
      reads: { describe: (name) => this.#describe(name, signal) },
      send: async (_service, command) => {
        gate();
        signal.throwIfAborted();
        const error = this.sendErrors.shift();
        if (error !== undefined) throw error;
        if (!(command instanceof WidgetCommand)) throw new TypeError('not a widget command');
        this.#carryOut(command);
        if (this.loseNextAnswer) {
          this.loseNextAnswer = false;
          throw new OperatorError('failed', 'ConnectionReset', 'The connection was cut.');
        }
      },
    };
  }

  async #describe(name: string, signal: AbortSignal): Promise<LiveWidget | undefined> {
    this.reading += 1;
    this.mostReading = Math.max(this.mostReading, this.reading);
    try {
      if (this.#paused !== undefined) await Promise.race([this.#paused, aborted(signal)]);
      const error = this.readErrors.shift();
      if (error !== undefined) throw error;
      return (this.#shown ?? this.live).get(name);
    } finally {
      this.reading -= 1;
    }
  }

  #carryOut({ operation, input }: WidgetCommand): void {
    const { name, owner = '', ...change } = input;
    this.journal.push(`${operation} ${name}`);
    const live = this.live.get(name) ?? { owner, size: 0, state: this.newWidgets };
    if (operation !== 'DeleteWidget') this.live.set(name, { ...live, ...change });
    else if (this.deletedWidgets === 'gone') this.live.delete(name);
    else this.live.set(name, { ...live, state: 'DELETING' });
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
