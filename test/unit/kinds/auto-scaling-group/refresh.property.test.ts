import type { InstanceRefresh } from '@aws-sdk/client-auto-scaling';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Step } from '../../../../src/engine/kind.ts';
import type { AutoScalingGroupStatus, InstanceRefreshPolicy } from '../../../../src/kinds/auto-scaling-group/api.ts';
import type { DesiredGroup, ObservedGroup } from '../../../../src/kinds/auto-scaling-group/observed.ts';
import { groupProgress } from '../../../../src/kinds/auto-scaling-group/progress.ts';
import { refreshSteps } from '../../../../src/kinds/auto-scaling-group/refresh.ts';
import { groupStatus } from '../../../../src/kinds/auto-scaling-group/status.ts';
import { wantedTemplate } from '../../../../src/kinds/auto-scaling-group/template.ts';
import { desired } from '../../../support/builders.ts';
import {
  autoScalingGroup,
  liveGroup,
  observedGroup,
  template,
  templateField,
} from '../../../support/builders-auto-scaling-group.ts';
import { ofVersion } from '../../../support/builders-instance-refresh.ts';

/** What a user, AWS, somebody else with a console, or the operator may do next. */
type Action =
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'paused'; readonly paused: boolean }
  | { readonly kind: 'windowed'; readonly windowed: boolean }
  | { readonly kind: 'clock'; readonly open: boolean }
  | { readonly kind: 'edit' }
  | { readonly kind: 'aws' }
  | { readonly kind: 'fails'; readonly rollback: boolean }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'scale'; readonly to: number }
  /** `killed`: the operator dies before it has written the status. */
  | { readonly kind: 'pass'; readonly killed: boolean };

const version = fc.integer({ min: 1, max: 3 });
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constant('version' as const), version }),
  fc.record({ kind: fc.constant('paused' as const), paused: fc.boolean() }),
  fc.record({ kind: fc.constant('windowed' as const), windowed: fc.boolean() }),
  fc.record({ kind: fc.constant('clock' as const), open: fc.boolean() }),
  fc.constant({ kind: 'edit' as const }),
  { arbitrary: fc.constant({ kind: 'aws' as const }), weight: 5 },
  fc.record({ kind: fc.constant('fails' as const), rollback: fc.boolean() }),
  fc.constant({ kind: 'cancelled' as const }),
  fc.record({ kind: fc.constant('scale' as const), to: fc.integer({ min: 0, max: 4 }) }),
  { arbitrary: fc.record({ kind: fc.constant('pass' as const), killed: fc.boolean() }), weight: 5 },
);

interface Refresh {
  readonly id: string;
  readonly version: number;
  readonly generation: number;
  status: NonNullable<InstanceRefresh['Status']>;
}

const ACTIVE = ['Pending', 'InProgress', 'Baking', 'Cancelling', 'RollbackInProgress'];
const FAILED = ['Failed', 'RollbackFailed', 'RollbackSuccessful'];
const OPEN = Date.parse('2026-01-03T03:30:00Z');
const CLOSED = Date.parse('2026-01-03T12:00:00Z');

/** A group, its refreshes as AWS carries them out, and the operator with what it has written down. */
class World {
  #wanted = 1;
  #generation = 1;
  #paused = false;
  #windowed = false;
  #open = false;
  #status: AutoScalingGroupStatus | undefined;
  #groupVersion = 1;
  #instances = ['i-a', 'i-b'].map((id) => ({ id, version: 1 }));
  #refreshes: Refresh[] = [];
  #launched = 0;

  act(action: Action): void {
    switch (action.kind) {
      case 'version':
        this.#wanted = action.version;
        return;
      case 'paused':
        this.#paused = action.paused;
        this.#generation += 1;
        return;
      case 'windowed':
        this.#windowed = action.windowed;
        this.#generation += 1;
        return;
      case 'clock':
        this.#open = action.open;
        return;
      case 'edit':
        this.#generation += 1;
        return;
      case 'aws':
        this.#awsWorks();
        return;
      case 'fails':
        this.#awsFails(action.rollback);
        return;
      case 'cancelled':
        if (this.#active !== undefined) this.#active.status = 'Cancelling';
        return;
      case 'scale':
        this.#scale(action.to);
        return;
      case 'pass':
        this.#pass(action.killed);
        return;
      default:
        action satisfies never;
    }
  }

  /** Nothing stands in the way any more, and AWS does everything it is asked. What failed is told first, so that the user can ask for it again. */
  settle(): void {
    this.#pass(false);
    this.#paused = false;
    this.#open = true;
    this.#generation += 1;
    for (let round = 0; round < 40 && !this.#isDone; round += 1) {
      this.#pass(false);
      this.#awsWorks();
    }
    this.#pass(false);
  }

  expectAllWanted(): void {
    expect(this.#active).toBeUndefined();
    expect(this.#groupVersion).toBe(this.#wanted);
    expect(this.#instances.filter((instance) => instance.version !== this.#wanted)).toEqual([]);
    const { wish, seen } = this.#look();
    expect(refreshSteps(wish, seen, wantedTemplate(wish)).steps).toEqual([]);
    expect(groupProgress(wish, seen)).toEqual({ kind: 'live' });
  }

  get #isDone(): boolean {
    const { wish, seen } = this.#look();
    return this.#groupVersion === this.#wanted && groupProgress(wish, seen).kind === 'live';
  }

  get #active(): Refresh | undefined {
    const [newest] = this.#refreshes;
    return newest !== undefined && ACTIVE.includes(newest.status) ? newest : undefined;
  }

  #awsWorks(): void {
    const refresh = this.#active;
    if (refresh === undefined) return;
    switch (refresh.status) {
      case 'Pending':
        refresh.status = 'InProgress';
        return;
      case 'InProgress':
        if (!this.#replaceOne(refresh.version)) refresh.status = 'Baking';
        return;
      case 'Baking':
        refresh.status = 'Successful';
        this.#groupVersion = refresh.version;
        return;
      case 'Cancelling':
        refresh.status = 'Cancelled';
        return;
      default:
        if (!this.#replaceOne(this.#groupVersion)) refresh.status = 'RollbackSuccessful';
    }
  }

  #awsFails(rollback: boolean): void {
    const refresh = this.#active;
    if (refresh?.status === 'RollbackInProgress') refresh.status = 'RollbackFailed';
    else if (refresh !== undefined && refresh.status !== 'Cancelling')
      refresh.status = rollback ? 'RollbackInProgress' : 'Failed';
  }

  #replaceOne(to: number): boolean {
    const index = this.#instances.findIndex((instance) => instance.version !== to);
    if (index < 0) return false;
    this.#instances[index] = this.#launch(to);
    return true;
  }

  #scale(to: number): void {
    const launches =
      this.#active === undefined || this.#active.status === 'RollbackInProgress'
        ? this.#groupVersion
        : this.#active.version;
    while (this.#instances.length < to) this.#instances.push(this.#launch(launches));
    this.#instances.length = Math.min(this.#instances.length, to);
  }

  #launch(of: number): { readonly id: string; readonly version: number } {
    this.#launched += 1;
    return { id: `i-${this.#launched}`, version: of };
  }

  #look(): { readonly wish: DesiredGroup; readonly seen: ObservedGroup } {
    const instanceRefresh: InstanceRefreshPolicy = {
      ...(this.#paused ? { paused: true } : {}),
      ...(this.#windowed ? { window: { schedule: '0 3 * * *', duration: '2h' } } : {}),
    };
    const of = autoScalingGroup(
      'nodes',
      { instanceRefresh, minSize: 0 },
      { metadata: { generation: this.#generation }, status: this.#status },
    );
    const wish = {
      ...desired(of, { [templateField]: template(String(this.#wanted)) }),
      now: this.#open ? OPEN : CLOSED,
    };
    const group = liveGroup(of, {
      LaunchTemplate: { LaunchTemplateId: 'lt-1', LaunchTemplateName: 'nodes', Version: String(this.#groupVersion) },
      DesiredCapacity: this.#instances.length,
      Instances: this.#instances.map(({ id, version: own }) => ofVersion(id, String(own))),
    });
    const [newest] = this.#refreshes;
    const refresh: InstanceRefresh | undefined = newest && {
      InstanceRefreshId: newest.id,
      Status: newest.status,
      DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: String(newest.version) } },
    };
    return { wish, seen: observedGroup(group, { refresh }) };
  }

  #pass(killed: boolean): void {
    const { wish, seen } = this.#look();
    const { steps, appliesTemplate } = refreshSteps(wish, seen, wantedTemplate(wish));
    expect(steps.length).toBeLessThanOrEqual(1);
    if (!appliesTemplate) this.#updateGroup();
    const [step] = steps;
    if (step?.kind === 'call') this.#send(step);
    // As the engine does: what is told is told of an observation made after the change.
    const after = this.#look();
    if (!killed) this.#status = groupStatus(after.wish, after.seen);
    if (steps.length === 0 && groupProgress(after.wish, after.seen).kind === 'live') this.#expectReadyIsTrue();
  }

  #updateGroup(): void {
    if (this.#groupVersion === this.#wanted) return;
    // AWS: "An active instance refresh with a desired configuration exists."
    expect(this.#active).toBeUndefined();
    this.#groupVersion = this.#wanted;
  }

  #send(step: Extract<Step, { kind: 'call' }>): void {
    if (step.operation === 'CancelInstanceRefresh') {
      expect(['Pending', 'InProgress', 'Baking'], 'cancelled what ends anyhow').toContain(this.#active?.status);
      if (this.#active !== undefined) this.#active.status = 'Cancelling';
      return;
    }
    expect(step.operation).toBe('StartInstanceRefresh');
    expect(this.#active, 'two refreshes at a time').toBeUndefined();
    expect(this.#paused, 'started while paused').toBe(false);
    expect(this.#windowed && !this.#open, 'started outside the window').toBe(false);
    const [earlier] = this.#refreshes;
    const isRepeated =
      earlier !== undefined &&
      FAILED.includes(earlier.status) &&
      earlier.version === this.#wanted &&
      earlier.generation === this.#generation;
    expect(isRepeated, 'repeated what failed').toBe(false);
    expect(step.command.input).toMatchObject({
      DesiredConfiguration: { LaunchTemplate: { Version: String(this.#wanted) } },
    });
    this.#refreshes.unshift({
      id: `refresh-${this.#refreshes.length + 1}`,
      version: this.#wanted,
      generation: this.#generation,
      status: 'Pending',
    });
  }

  #expectReadyIsTrue(): void {
    expect(this.#active).toBeUndefined();
    expect(this.#groupVersion).toBe(this.#wanted);
    expect(this.#instances.filter((instance) => instance.version !== this.#wanted)).toEqual([]);
  }
}

test('whatever users, windows, kills and AWS do: one refresh at a time, none while paused or out of the window, no failure repeated, and all wanted in the end', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60, size: 'max' }), (actions) => {
      const world = new World();
      for (const each of actions) world.act(each);
      world.settle();
      world.expectAllWanted();
    }),
    { numRuns: 300 },
  );
});
