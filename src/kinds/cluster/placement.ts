import type { InstanceTypeInfo } from '@aws-sdk/client-ec2';
import type { ContainerInstance, Task } from '@aws-sdk/client-ecs';
import {
  described,
  fits,
  type Resources,
  registeredResources,
  remainingResources,
  requestedResources,
} from './resources.ts';

/** So long the scheduler may take to place a task for which there is room: it looks every few seconds. */
const PLACEMENT_MS = 60_000;

/**
 * True for a task that waits until its provider has more instances. One that is about to be placed waits a moment too; one that is not
 * placed although there seems to be room has another reason that only an empty instance does away with: ports, interfaces, constraints.
 */
export function lacksInstance(task: Task, instances: readonly ContainerInstance[], now: number): boolean {
  if (task.lastStatus !== 'PROVISIONING' || task.containerInstanceArn !== undefined) return false;
  const wanted = requestedResources(task);
  const hasRoom = instances.some((instance) => takesTasks(instance) && fits(wanted, remainingResources(instance)));
  return !hasRoom || now - (task.createdAt?.getTime() ?? now) > PLACEMENT_MS;
}

function takesTasks({ status, agentConnected }: ContainerInstance): boolean {
  return status === 'ACTIVE' && agentConnected !== false;
}

/** What one instance can hold. */
export interface InstanceSize extends Resources {
  readonly instanceType: string;
  /** The memory is the type's, of which its system keeps some: nobody has registered yet (ME-01). */
  readonly isNominal: boolean;
}

export interface Sizes {
  /** Of what the group launches now: ECS counts only tasks that fit there (CAS-12). */
  readonly smallest: InstanceSize;
  /** Of that and of what is there. */
  readonly largest: InstanceSize;
}

/** Undefined when nobody knows what the group launches. */
export function sizesOf(
  instances: readonly ContainerInstance[],
  launchedTypes: readonly InstanceTypeInfo[],
): Sizes | undefined {
  const present = instances.map(registeredSize).toSorted(bySize);
  const launched = launchedTypes.map(
    (type) => present.find(({ instanceType }) => instanceType === type.InstanceType) ?? nominalSize(type),
  );
  const smallest = (launched.length > 0 ? launched : present).toSorted(bySize).at(0);
  const largest = [...launched, ...present].toSorted(bySize).at(-1);
  return smallest === undefined || largest === undefined ? undefined : { smallest, largest };
}

function registeredSize(instance: ContainerInstance): InstanceSize {
  const instanceType = instance.attributes?.find(({ name }) => name === 'ecs.instance-type')?.value ?? 'unknown type';
  return { instanceType, ...registeredResources(instance), isNominal: false };
}

function nominalSize({ InstanceType, VCpuInfo, MemoryInfo }: InstanceTypeInfo): InstanceSize {
  return {
    instanceType: InstanceType ?? 'unknown type',
    cpu: (VCpuInfo?.DefaultVCpus ?? 0) * 1024,
    memory: MemoryInfo?.SizeInMiB ?? 0,
    isNominal: true,
  };
}

/** As ECS sorts types: CPU first (CAS-13). */
function bySize(a: InstanceSize, b: InstanceSize): number {
  return a.cpu - b.cpu || a.memory - b.memory;
}

/** False when the task could not even be placed on an empty instance of this size. */
export function holds(size: InstanceSize, task: Task): boolean {
  const wanted = requestedResources(task);
  return fits(wanted, size) && !(size.isNominal && wanted.memory >= size.memory);
}

/** `m5.large (2048 CPU units, 7985 MiB)`. */
export function describedSize(size: InstanceSize): string {
  return `${size.instanceType} (${described(size)}${size.isNominal ? ', less what its system keeps' : ''})`;
}

/** Tasks as a user knows them, each sort once: `service web (512 CPU units, 1024 MiB)`. */
export function describedTasks(tasks: readonly Task[]): readonly string[] {
  const names = tasks.map((task) => `${ownerOfTask(task)} (${described(requestedResources(task))})`);
  return [...new Set(names)];
}

/** Tasks of services are in the group `service:<name>`, others by default in `family:<family>` (PL-18). */
function ownerOfTask({ group = '' }: Task): string {
  if (group.startsWith('service:')) return `service ${group.slice('service:'.length)}`;
  if (group.startsWith('family:')) return `task family ${group.slice('family:'.length)}`;
  return `task group ${group}`;
}
