import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupCommandInput,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  type AutoScalingGroupProvider,
  type ContainerInstance,
  CreateCapacityProviderCommand,
  CreateClusterCommand,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListContainerInstancesCommand,
  ListTasksCommand,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Task,
} from '@aws-sdk/client-ecs';
import { onTestFinished } from 'vitest';
import { connection, type RegionOptions } from '../../../../../sandbox/region/index.ts';
import { type Fixture, startFixture } from '../../support.ts';

export interface CapacityFixture extends Fixture {
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;

export const userData = (text: string): string => Buffer.from(text).toString('base64');
export const JOINS_MAIN = userData('#!/bin/bash\necho ECS_CLUSTER=main >> /etc/ecs/ecs.config\n');

/** A region with a cluster `main`, a launch template `nodes` of m5.large whose instances join it, and task definitions `web` and `large`. */
export async function startCapacity(
  options: { readonly region?: RegionOptions; readonly userData?: string; readonly instanceType?: 'm5.large' } = {},
): Promise<CapacityFixture> {
  const fixture = await startFixture(options.region);
  const ec2 = new EC2Client(connection(fixture.region));
  const autoScaling = new AutoScalingClient(connection(fixture.region));
  onTestFinished(() => {
    ec2.destroy();
    autoScaling.destroy();
  });
  await fixture.ecs.send(new CreateClusterCommand({ clusterName: 'main' }));
  await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: 'nodes',
      LaunchTemplateData: {
        ImageId: 'ami-0123456789abcdef0',
        InstanceType: 'm5.large',
        UserData: options.userData ?? JOINS_MAIN,
      },
    }),
  );
  await registerTask(fixture.ecs, { family: 'web' });
  return { ...fixture, ec2, autoScaling };
}

/** A task definition for EC2; 512 CPU units and 1 GiB in bridge mode unless told otherwise. */
export async function registerTask(
  ecs: ECSClient,
  input: Partial<RegisterTaskDefinitionCommandInput> & { readonly family: string },
): Promise<void> {
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      containerDefinitions: [{ name: 'app', image: 'nginx', cpu: 512, memory: 1024 }],
      ...input,
    }),
  );
}

/** An Auto Scaling group `nodes` in one zone; returns its ARN. */
export async function createGroup(
  { autoScaling, region }: CapacityFixture,
  input: Partial<CreateAutoScalingGroupCommandInput> = {},
): Promise<string> {
  const name = input.AutoScalingGroupName ?? 'nodes';
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      LaunchTemplate: { LaunchTemplateName: 'nodes' },
      MinSize: 0,
      MaxSize: 10,
      DesiredCapacity: 0,
      VPCZoneIdentifier: 'subnet-1',
      ...input,
    }),
  );
  region.advance(MINUTE);
  return (await groupOf(autoScaling, name)).AutoScalingGroupARN ?? '';
}

export async function groupOf(autoScaling: AutoScalingClient, name = 'nodes') {
  const { AutoScalingGroups } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  const [group] = AutoScalingGroups ?? [];
  if (group === undefined) throw new Error(`group ${name} is missing`);
  return group;
}

/** A group `nodes` and a capacity provider `nodes` of it that cluster `main` has; managed scaling unless told otherwise. */
export async function createProvider(
  fixture: CapacityFixture,
  settings: Partial<AutoScalingGroupProvider> = {},
  group: Partial<CreateAutoScalingGroupCommandInput> = {},
): Promise<string> {
  const autoScalingGroupArn = await createGroup(fixture, group);
  await fixture.ecs.send(
    new CreateCapacityProviderCommand({
      name: 'nodes',
      autoScalingGroupProvider: { autoScalingGroupArn, managedScaling: { status: 'ENABLED' }, ...settings },
    }),
  );
  await fixture.ecs.send(
    new PutClusterCapacityProvidersCommand({
      cluster: 'main',
      capacityProviders: ['nodes'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'nodes', weight: 1 }],
    }),
  );
  fixture.region.advance(10 * SECOND);
  return autoScalingGroupArn;
}

export async function instancesOf(ecs: ECSClient, cluster = 'main'): Promise<ContainerInstance[]> {
  const { containerInstanceArns = [] } = await ecs.send(new ListContainerInstancesCommand({ cluster }));
  if (containerInstanceArns.length === 0) return [];
  const described = await ecs.send(
    new DescribeContainerInstancesCommand({ cluster, containerInstances: containerInstanceArns, include: ['TAGS'] }),
  );
  return described.containerInstances ?? [];
}

/** All tasks of the cluster that are to run, or that are to stop. */
export async function tasksIn(ecs: ECSClient, desiredStatus: 'RUNNING' | 'STOPPED' = 'RUNNING'): Promise<Task[]> {
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster: 'main', desiredStatus }));
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: taskArns }));
  return tasks;
}

export function attributeOf(instance: ContainerInstance | undefined, name: string): string | undefined {
  return instance?.attributes?.find((attribute) => attribute.name === name)?.value;
}

export function resourceOf(instance: ContainerInstance | undefined, name: string, kind: 'remaining' | 'registered') {
  const resource = instance?.[`${kind}Resources`]?.find((each) => each.name === name);
  return resource?.type === 'STRINGSET' ? resource.stringSetValue : resource?.integerValue;
}
