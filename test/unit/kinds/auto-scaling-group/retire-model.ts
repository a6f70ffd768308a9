import type { Instance, LifecycleState } from '@aws-sdk/client-auto-scaling';
import type { ContainerInstance } from '@aws-sdk/client-ecs';
import type { CallStep } from '../../../../src/engine/kind.ts';
import type { ObservedGroup } from '../../../../src/kinds/auto-scaling-group/observed.ts';
import { deleted } from '../../../support/builders.ts';
import {
  autoScalingGroup,
  containerInstance,
  instance,
  liveGroup,
  observedGroup,
} from '../../../support/builders-auto-scaling-group.ts';

/** One instance of the group, with what ECS knows of it. */
export interface Member {
  readonly id: string;
  state: LifecycleState;
  isProtected: boolean;
  /** Whether ECS knows it. */
  registered: boolean;
  connected: boolean;
  draining: boolean;
  /** Of services: ECS stops them on a draining instance whose agent is connected. */
  tasks: number;
  /** Of no service: a person stops them, and no machine does. */
  standalone: number;
}

export interface Sizes {
  min: number;
  max: number;
  desired: number;
}

/** The least of Auto Scaling and ECS that the deletion of a group has to do with. */
export class ModelGroup {
  readonly #members: Member[];
  readonly #sizes: Sizes;
  #protectsNew: boolean;
  #warmPool: 'none' | 'there' | 'going';
  #launched = 0;
  isGone = false;
  /** What was terminated while a connected agent still ran tasks of services on it. */
  readonly killed: string[] = [];

  constructor(members: readonly Member[], sizes: Sizes, more: { protectsNew: boolean; hasWarmPool: boolean }) {
    this.#members = members.map((member) => ({ ...member }));
    this.#sizes = { ...sizes };
    this.#protectsNew = more.protectsNew;
    this.#warmPool = more.hasWarmPool ? 'there' : 'none';
  }

  observed(): ObservedGroup {
    const of = autoScalingGroup('nodes', {}, { metadata: deleted });
    const warmPool = this.#warmPool === 'going' ? ({ Status: 'PendingDelete' } as const) : {};
    return observedGroup(
      liveGroup(of, {
        MinSize: this.#sizes.min,
        MaxSize: this.#sizes.max,
        DesiredCapacity: this.#sizes.desired,
        NewInstancesProtectedFromScaleIn: this.#protectsNew,
        Instances: this.#members.map(instanceOf),
      }),
      {
        warmPool: this.#warmPool === 'none' ? undefined : warmPool,
        containerInstances: this.#members.flatMap((member) => (member.registered ? [registrationOf(member)] : [])),
      },
    );
  }

  /** Carries out one call, or fails the test if AWS would refuse it. */
  apply({ operation, command }: CallStep): void {
    const input: Readonly<Record<string, unknown>> = { ...command.input };
    switch (operation) {
      case 'UpdateAutoScalingGroup':
        this.#update(input);
        return;
      case 'UpdateContainerInstancesState':
        for (const member of this.#named(input.containerInstances)) member.draining = true;
        return;
      case 'SetInstanceProtection':
        for (const member of this.#named(input.InstanceIds)) member.isProtected = false;
        return;
      case 'DeleteWarmPool':
        this.#warmPool = 'going';
        return;
      case 'DeregisterContainerInstance':
        for (const member of this.#named([input.containerInstance])) member.registered = false;
        return;
      case 'TerminateInstanceInAutoScalingGroup':
        for (const member of this.#named([input.InstanceId])) this.#terminate(member);
        return;
      case 'DeleteAutoScalingGroup':
        if (this.#members.length > 0 || this.#warmPool !== 'none') throw new Error('ResourceInUse');
        this.isGone = true;
        return;
      default:
        throw new Error(`${operation} is not expected of a deletion`);
    }
  }

  /** What happens by itself in a while. */
  tick(): void {
    for (const member of [...this.#members]) this.#live(member);
    if (this.#warmPool === 'going') this.#warmPool = 'none';
    const active = this.#members.filter(({ state }) => state === 'InService' || state === 'Pending');
    for (let count = active.length; count < this.#sizes.desired; count += 1) this.#launch();
    const surplus = active.filter(({ isProtected, state }) => !isProtected || state === 'Pending');
    for (const member of surplus.slice(0, Math.max(0, active.length - this.#sizes.desired))) this.#terminate(member);
  }

  #live(member: Member): void {
    if (member.state === 'Terminating') this.#members.splice(this.#members.indexOf(member), 1);
    if (member.state === 'Pending') member.state = 'InService';
    if (member.standalone > 0) member.standalone -= 1;
    if (!member.draining || !member.connected || member.tasks === 0) return;
    member.tasks -= 1;
    // Its service starts another one elsewhere, maybe in the same group.
    const other = this.#members.find(
      ({ registered, draining, state }) => registered && !draining && state === 'InService',
    );
    if (other !== undefined) other.tasks += 1;
  }

  #launch(): void {
    this.#launched += 1;
    this.#members.push({
      id: `i-new-${this.#launched}`,
      state: 'Pending',
      isProtected: this.#protectsNew,
      registered: true,
      connected: true,
      draining: false,
      tasks: 0,
      standalone: 0,
    });
  }

  #terminate(member: Member): void {
    if (member.registered && member.connected && member.tasks > 0) this.killed.push(member.id);
    member.state = 'Terminating';
  }

  #update(input: Readonly<Record<string, unknown>>): void {
    const { MinSize, MaxSize, DesiredCapacity, NewInstancesProtectedFromScaleIn: protectsNew } = input;
    const sizes = this.#sizes;
    if (typeof MinSize === 'number') sizes.min = MinSize;
    if (typeof MaxSize === 'number') sizes.max = MaxSize;
    if (typeof DesiredCapacity === 'number') sizes.desired = DesiredCapacity;
    if (typeof protectsNew === 'boolean') this.#protectsNew = protectsNew;
    const isValid = sizes.min <= sizes.desired && sizes.desired <= sizes.max;
    if (!isValid) throw new Error(`ValidationError: ${JSON.stringify(sizes)}`);
  }

  /** By instance id or by the ARN of the container instance, which ends in it. */
  #named(names: unknown): readonly Member[] {
    if (!Array.isArray(names)) throw new Error('a list is expected');
    return this.#members.filter(({ id }) => names.some((name) => String(name).endsWith(id)));
  }
}

function instanceOf({ id, state, isProtected }: Member): Instance {
  return instance(id, { LifecycleState: state, ProtectedFromScaleIn: isProtected });
}

function registrationOf({ id, connected, draining, tasks, standalone }: Member): ContainerInstance {
  return containerInstance(id, {
    status: draining ? 'DRAINING' : 'ACTIVE',
    agentConnected: connected,
    runningTasksCount: tasks + standalone,
  });
}
