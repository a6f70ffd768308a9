import {
  type Activity,
  AutoScalingClient,
  type AutoScalingGroup,
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupCommandInput,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  type Instance,
  SetDesiredCapacityCommand,
  UpdateAutoScalingGroupCommand,
  type UpdateAutoScalingGroupCommandInput,
} from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand, type Instance as Ec2Instance } from '@aws-sdk/client-ec2';
import { onTestFinished } from 'vitest';
import { connection, type RegionOptions } from '../../../../sandbox/region/index.ts';
import { createTemplate, type Ec2Fixture, startEc2 } from '../ec2/support.ts';

export interface GroupFixture extends Ec2Fixture {
  readonly scaling: AutoScalingClient;
  /** Id of the launch template `web`. */
  readonly template: string;
}

/** A region with the launch template `web`, in which time stands still. */
export async function startGroups(options?: RegionOptions): Promise<GroupFixture> {
  const fixture = await startEc2(options);
  const scaling = new AutoScalingClient(connection(fixture.region));
  onTestFinished(() => scaling.destroy());
  return { ...fixture, scaling, template: await createTemplate(fixture.ec2) };
}

export const GROUP = { AutoScalingGroupName: 'g' };

export async function createGroup(
  { scaling }: GroupFixture,
  input: Partial<CreateAutoScalingGroupCommandInput> = {},
): Promise<void> {
  await scaling.send(
    new CreateAutoScalingGroupCommand({
      ...GROUP,
      LaunchTemplate: { LaunchTemplateName: 'web', Version: '1' },
      MinSize: 0,
      MaxSize: 10,
      VPCZoneIdentifier: 'subnet-1,subnet-2,subnet-3',
      ...input,
    }),
  );
}

/** A group whose instances are all in service. */
export async function startWithGroup(
  input: Partial<CreateAutoScalingGroupCommandInput>,
  options?: RegionOptions,
): Promise<GroupFixture> {
  const fixture = await startGroups(options);
  await createGroup(fixture, input);
  settle(fixture);
  return fixture;
}

export async function update(
  { scaling }: GroupFixture,
  input: Partial<UpdateAutoScalingGroupCommandInput>,
): Promise<void> {
  await scaling.send(new UpdateAutoScalingGroupCommand({ ...GROUP, ...input }));
}

/** Long enough for launches and terminations to be done. */
export const settle = ({ region }: GroupFixture): void => region.advance(60_000);

export async function describeGroup({ scaling }: GroupFixture, name = 'g'): Promise<AutoScalingGroup> {
  const { AutoScalingGroups = [] } = await scaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  const [group] = AutoScalingGroups;
  if (group === undefined) throw new Error(`group ${name} is missing`);
  return group;
}

export async function instancesOf(fixture: GroupFixture): Promise<Instance[]> {
  return (await describeGroup(fixture)).Instances ?? [];
}

export async function idsOf(fixture: GroupFixture): Promise<string[]> {
  return (await instancesOf(fixture)).map(({ InstanceId = '' }) => InstanceId);
}

/** How many instances are in each lifecycle state. */
export async function statesOf(fixture: GroupFixture): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { LifecycleState = '' } of await instancesOf(fixture)) {
    counts[LifecycleState] = (counts[LifecycleState] ?? 0) + 1;
  }
  return counts;
}

/** Newest first. */
export async function activitiesOf({ scaling }: GroupFixture): Promise<Activity[]> {
  const { Activities = [] } = await scaling.send(new DescribeScalingActivitiesCommand(GROUP));
  return Activities;
}

export async function inEc2({ ec2 }: GroupFixture, id: string): Promise<Ec2Instance | undefined> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations[0]?.Instances?.[0];
}

export async function setDesired(
  { scaling }: GroupFixture,
  DesiredCapacity: number,
  HonorCooldown = false,
): Promise<void> {
  await scaling.send(new SetDesiredCapacityCommand({ ...GROUP, DesiredCapacity, HonorCooldown }));
}
