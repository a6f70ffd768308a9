import fc from 'fast-check';
import { expect, it } from 'vitest';
import { activeMembers } from '../../../../sandbox/region/autoscaling/find.ts';
import { AUTO_SCALING_HANDLERS } from '../../../../sandbox/region/autoscaling/operations.ts';
import type { GroupState, MemberState } from '../../../../sandbox/region/autoscaling/state.ts';
import { setShortage } from '../../../../sandbox/region/ec2/launch.ts';
import { EC2_HANDLERS } from '../../../../sandbox/region/ec2/operations.ts';
import { AwsError } from '../../../../sandbox/region/errors.ts';
import { emptyIam } from '../../../../sandbox/region/iam.ts';
import type { Handler } from '../../../../sandbox/region/service.ts';
import { REALISTIC } from '../../../../sandbox/region/timings.ts';
import { createWorld, type World } from '../../../../sandbox/region/world.ts';
import { DATA } from '../ec2/support.ts';

type Action =
  | { readonly kind: 'call'; readonly operation: string; readonly input: object }
  /** The instance with that place in the group is put into the input. */
  | { readonly kind: 'onInstance'; readonly operation: string; readonly place: number; readonly input: object }
  | { readonly kind: 'killInstance'; readonly place: number }
  | { readonly kind: 'shortage'; readonly short: boolean }
  | { readonly kind: 'wait'; readonly ms: number };

const CALLER = {
  accessKey: 'x',
  account: '123456789012',
  region: 'eu-central-1',
  service: 'autoscaling',
  arn: 'arn:aws:iam::123456789012:user/simulated',
  userId: 'AIDASIMULATED',
};
const HANDLERS = new Map<string, Handler>(Object.entries({ ...EC2_HANDLERS, ...AUTO_SCALING_HANDLERS }));

class Machine {
  readonly world: World = {
    ...createWorld({
      account: CALLER.account,
      region: CALLER.region,
      timings: REALISTIC,
      iam: emptyIam(),
      start: Date.UTC(2026, 0, 5),
    }),
  };
  /** Protected instances in service that a scale-in has taken all the same. */
  readonly wronglyScaledIn: string[] = [];
  /** Launches that nobody had asked for. */
  readonly launchedTooMany: string[] = [];

  constructor() {
    const { on } = this.world;
    Object.assign(this.world, {
      on: {
        ...on,
        member: (_world: World, member: MemberState) => this.#seen(member),
      },
    });
    this.call('CreateLaunchTemplate', { LaunchTemplateName: 'web', LaunchTemplateData: DATA });
    this.call('CreateLaunchTemplateVersion', { LaunchTemplateName: 'web', LaunchTemplateData: DATA });
  }

  #seen(member: MemberState): void {
    const { group } = member;
    if (member.lifecycleState === 'Pending' && activeMembers(group).length > mostWanted(group)) {
      this.launchedTooMany.push(member.instance.id);
    }
    if (member.lifecycleState !== 'Terminating' || !member.protectedFromScaleIn) return;
    if (member.inServiceAt === undefined) return;
    const cause = member.group.activities.find(({ ActivityId }) => ActivityId === member.activityId)?.Cause ?? '';
    if (cause.includes('selected for termination')) this.wronglyScaledIn.push(member.instance.id);
  }

  get group(): GroupState | undefined {
    return this.world.autoScaling.groups.get('g');
  }

  /** Errors that AWS would answer are part of life; anything else fails the test. */
  call(operation: string, input: object): void {
    const handler = HANDLERS.get(operation);
    if (handler === undefined) throw new Error(`no handler for ${operation}`);
    try {
      handler(this.world, input as never, CALLER);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
    }
  }

  perform(action: Action): void {
    switch (action.kind) {
      case 'call':
        this.call(action.operation, action.input);
        return;
      case 'onInstance': {
        const id = this.#instanceAt(action.place);
        this.call(action.operation, { ...action.input, InstanceId: id, InstanceIds: [id] });
        return;
      }
      case 'killInstance':
        this.call('TerminateInstances', { InstanceIds: [this.#instanceAt(action.place)] });
        return;
      case 'shortage':
        setShortage(this.world, '*', 'eu-central-1a', action.short);
        return;
      case 'wait':
        this.world.agenda.runUntil(this.world.agenda.now + action.ms);
    }
  }

  #instanceAt(place: number): string {
    const ids = [...(this.group?.members.keys() ?? [])];
    return ids[place % Math.max(1, ids.length)] ?? 'i-00000000';
  }
}

/** A refresh may launch before it terminates: here up to half as many again, or one where there is no room. */
function mostWanted(group: GroupState): number {
  const [refresh] = group.refreshes;
  const max = refresh?.endTime === undefined ? refresh?.preferences.MaxHealthyPercentage : undefined;
  if (max === undefined) return group.desiredCapacity;
  return Math.max(group.desiredCapacity + 1, (group.desiredCapacity * max) / 100);
}

const size = fc.integer({ min: 0, max: 5 });
const GROUP = { AutoScalingGroupName: 'g' };
const call = <T extends object>(operation: string, input: fc.Arbitrary<T>): fc.Arbitrary<Action> =>
  input.map((value) => ({ kind: 'call', operation, input: { ...GROUP, ...value } }));
const onInstance = <T extends object>(operation: string, input: fc.Arbitrary<T>): fc.Arbitrary<Action> =>
  fc
    .tuple(fc.nat({ max: 5 }), input)
    .map(([place, value]) => ({ kind: 'onInstance', operation, place, input: { ...GROUP, ...value } }));
const version = fc.constantFrom('1', '2', '$Latest').map((Version) => ({ LaunchTemplateName: 'web', Version }));
const hook = { LifecycleHookName: 'h' };

const action: fc.Arbitrary<Action> = fc.oneof(
  call(
    'CreateAutoScalingGroup',
    fc.record({
      MinSize: size,
      MaxSize: size,
      LaunchTemplate: version,
      VPCZoneIdentifier: fc.constantFrom('subnet-1', 'subnet-1,subnet-2'),
      NewInstancesProtectedFromScaleIn: fc.boolean(),
    }),
  ),
  call(
    'UpdateAutoScalingGroup',
    fc.record({ MinSize: size, MaxSize: size, DesiredCapacity: size, LaunchTemplate: version }, { requiredKeys: [] }),
  ),
  call('SetDesiredCapacity', fc.record({ DesiredCapacity: size, HonorCooldown: fc.boolean() })),
  call('SetDesiredCapacity', fc.record({ DesiredCapacity: size })),
  call('DeleteAutoScalingGroup', fc.constantFrom({ ForceDelete: true }, {}, {}, {}, {})),
  onInstance('SetInstanceProtection', fc.record({ ProtectedFromScaleIn: fc.boolean() })),
  onInstance('SetInstanceHealth', fc.constant({ HealthStatus: 'Unhealthy' })),
  onInstance('TerminateInstanceInAutoScalingGroup', fc.record({ ShouldDecrementDesiredCapacity: fc.boolean() })),
  onInstance(
    'CompleteLifecycleAction',
    fc
      .record({ LifecycleActionResult: fc.constantFrom('CONTINUE', 'ABANDON') })
      .map((input) => ({ ...hook, ...input })),
  ),
  call(
    'PutLifecycleHook',
    fc
      .record({
        LifecycleTransition: fc.constantFrom(
          'autoscaling:EC2_INSTANCE_LAUNCHING',
          'autoscaling:EC2_INSTANCE_TERMINATING',
        ),
        HeartbeatTimeout: fc.constantFrom(30, 300),
        DefaultResult: fc.constantFrom('CONTINUE', 'ABANDON'),
      })
      .map((input) => ({ ...hook, ...input })),
  ),
  call('DeleteLifecycleHook', fc.constant(hook)),
  call('PutWarmPool', fc.record({ MinSize: size, PoolState: fc.constantFrom('Stopped', 'Running') })),
  call('DeleteWarmPool', fc.constant({})),
  call(
    'StartInstanceRefresh',
    fc.record({
      Preferences: fc.record({
        MinHealthyPercentage: fc.constantFrom(0, 50, 90, 100),
        MaxHealthyPercentage: fc.constantFrom(undefined, 100, 150),
        InstanceWarmup: fc.constantFrom(0, 60),
        ScaleInProtectedInstances: fc.constantFrom('Wait', 'Ignore', 'Refresh'),
        SkipMatching: fc.boolean(),
      }),
      DesiredConfiguration: version.map((LaunchTemplate) => ({ LaunchTemplate })),
    }),
  ),
  call('CancelInstanceRefresh', fc.constant({})),
  call('RollbackInstanceRefresh', fc.constant({})),
  call('SuspendProcesses', fc.record({ ScalingProcesses: fc.subarray(['Launch', 'Terminate', 'HealthCheck']) })),
  call('ResumeProcesses', fc.constant({})),
  fc.nat({ max: 5 }).map<Action>((place) => ({ kind: 'killInstance', place })),
  fc.boolean().map<Action>((short) => ({ kind: 'shortage', short })),
);
const wait: fc.Arbitrary<Action> = fc
  .oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 30_000 }), fc.integer({ min: 0, max: 600_000 }))
  .map((ms) => ({ kind: 'wait', ms }));

/** A scale-in of a group of which some instances are protected, which chance alone would seldom make. */
const protectedScaleIn: fc.Arbitrary<Action[]> = fc
  .tuple(fc.nat({ max: 5 }), fc.nat({ max: 5 }), size, fc.integer({ min: 50, max: 30_000 }))
  .map(([first, second, DesiredCapacity, ms]) => {
    const protect = (place: number): Action => ({
      kind: 'onInstance',
      operation: 'SetInstanceProtection',
      place,
      input: { ...GROUP, ProtectedFromScaleIn: true },
    });
    return [
      { kind: 'wait', ms: 30_000 },
      protect(first),
      protect(second),
      {
        kind: 'call',
        operation: 'UpdateAutoScalingGroup',
        input: { ...GROUP, MinSize: 0, MaxSize: 5, DesiredCapacity },
      },
      { kind: 'wait', ms },
    ];
  });

const actions = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.tuple(action, wait).map((both) => [...both]) },
      { weight: 1, arbitrary: protectedScaleIn },
    ),
    { minLength: 5, maxLength: 30 },
  )
  .map((groups) => groups.flat());

function checkGroup(group: GroupState): void {
  expect(group.desiredCapacity).toBeGreaterThanOrEqual(group.minSize);
  expect(group.desiredCapacity).toBeLessThanOrEqual(group.maxSize);
  expect(group.minSize).toBeGreaterThanOrEqual(0);
  for (const member of group.members.values()) checkMember(member);
  for (const [index, refresh] of group.refreshes.entries()) {
    if (index > 0) expect(refresh.endTime).toBeDefined();
    expect(refresh.total).toBeGreaterThanOrEqual(refresh.remaining.size);
  }
}

function checkMember(member: MemberState): void {
  const { lifecycleState, waiting, instance } = member;
  expect(waiting.size > 0).toBe(lifecycleState.endsWith(':Wait'));
  if (lifecycleState === 'InService') expect(member.inServiceAt).toBeDefined();
  if (lifecycleState === 'Terminating:Proceed') expect(['shutting-down']).toContain(instance.state);
}

/** Whatever is launched for a group is a member of it until it has ended. */
function checkInstances(world: World): void {
  for (const instance of world.ec2.instances.values()) {
    if (instance.state === 'terminated') continue;
    const group = world.autoScaling.groups.get(instance.tags.get('aws:autoscaling:groupName') ?? '');
    expect(group?.members.get(instance.id)?.instance).toBe(instance);
  }
}

/** After long peace a group is what it is to be. */
function checkRest(world: World, group: GroupState): void {
  const active = activeMembers(group);
  const [refresh] = group.refreshes;
  expect(refresh === undefined || refresh.endTime !== undefined).toBe(true);
  expect(active.every(({ lifecycleState }) => lifecycleState === 'InService')).toBe(true);
  const isProtected = active.filter(({ protectedFromScaleIn }) => protectedFromScaleIn).length;
  expect(active.length).toBe(Math.max(group.desiredCapacity, Math.min(isProtected, active.length)));
  expect(world.ec2.instances.size).toBe(group.members.size);
}

it('no sequence of calls leaves a group in an impossible state', () => {
  fc.assert(
    fc.property(actions, (sequence) => {
      const machine = new Machine();
      machine.perform({
        kind: 'call',
        operation: 'CreateAutoScalingGroup',
        input: {
          ...GROUP,
          MinSize: 0,
          MaxSize: 5,
          DesiredCapacity: 2,
          LaunchTemplate: { LaunchTemplateName: 'web', Version: '1' },
          VPCZoneIdentifier: 'subnet-1,subnet-2',
        },
      });
      for (const each of sequence) {
        machine.perform(each);
        for (const group of machine.world.autoScaling.groups.values()) checkGroup(group);
        checkInstances(machine.world);
      }
      expect(machine.wronglyScaledIn).toEqual([]);
      expect(machine.launchedTooMany).toEqual([]);
      for (const name of ['ResumeProcesses', 'DeleteLifecycleHook']) machine.call(name, { ...GROUP, ...hook });
      machine.perform({ kind: 'shortage', short: false });
      machine.perform({ kind: 'wait', ms: 24 * 3_600_000 });
      for (const group of machine.world.autoScaling.groups.values()) {
        checkGroup(group);
        checkRest(machine.world, group);
      }
      checkInstances(machine.world);
    }),
    { numRuns: 200 },
  );
}, 60_000);
