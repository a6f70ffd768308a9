import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  DescribeLifecycleHooksCommand,
  type LifecycleHook,
} from '@aws-sdk/client-auto-scaling';
import {
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
  type LaunchTemplate,
  type LaunchTemplateVersion,
} from '@aws-sdk/client-ec2';
import { type CapacityProvider, DescribeCapacityProvidersCommand } from '@aws-sdk/client-ecs';
import type { AutoScalingGroupSpec } from '../../../src/kinds/auto-scaling-group/api.ts';
import type { ECSCapacityProviderSpec } from '../../../src/kinds/capacity-provider/api.ts';
import type { ECSClusterSpec } from '../../../src/kinds/cluster/api.ts';
import type { LaunchTemplateSpec } from '../../../src/kinds/launch-template/api.ts';
import type { Manifest } from '../../support/namespace-bed.ts';
import { awsRegion } from '../../support/operator-bed.ts';
import type { Stage } from './stage.ts';

/** What instances in a cluster need. The image is one that moto knows too. */
export const machine = {
  imageId: 'ami-12c6146b',
  instanceType: 'm5.large',
  iamInstanceProfile: { name: 'ecsInstanceRole' },
};

export function launchTemplate(name: string, spec: Partial<LaunchTemplateSpec> = {}): Manifest {
  return { kind: 'LaunchTemplate', metadata: { name }, spec: { launchTemplateData: machine, ...spec } };
}

/** A group of no instances. */
export function group(stage: Stage, name: string, spec: Partial<AutoScalingGroupSpec> = {}): Manifest {
  return {
    kind: 'AutoScalingGroup',
    metadata: { name },
    spec: {
      launchTemplateRef: { name },
      minSize: 0,
      maxSize: 4,
      vpcZoneIdentifier: stage.subnets.join(','),
      ...spec,
    },
  };
}

export function provider(
  name: string,
  settings: Partial<ECSCapacityProviderSpec['autoScalingGroupProvider']> = {},
  spec: Partial<ECSCapacityProviderSpec> = {},
): Manifest {
  return {
    kind: 'ECSCapacityProvider',
    metadata: { name },
    spec: { autoScalingGroupProvider: { autoScalingGroupRef: { name }, ...settings }, ...spec },
  };
}

/** A cluster, and all that its instances come from: each refers to the next, and the template to the cluster. */
export function circle(stage: Stage, name: string): readonly [Manifest, Manifest, Manifest, Manifest] {
  const spec: ECSClusterSpec = {
    capacityProviderRefs: [{ name }],
    defaultCapacityProviderStrategy: [{ capacityProviderRef: { name }, weight: 1 }],
  };
  return [
    { kind: 'ECSCluster', metadata: { name }, spec },
    provider(name, { managedScaling: { status: 'ENABLED', targetCapacity: 100 }, managedDraining: 'ENABLED' }),
    group(stage, name, { minSize: 1 }),
    launchTemplate(name, { ecs: { clusterRef: { name } } }),
  ];
}

export async function allReady({ bed }: Stage, manifests: readonly Manifest[]): Promise<void> {
  for (const { kind, metadata } of manifests) await bed.ready(kind, metadata.name);
}

/** Waits until the object is Ready and this holds too, which it may be of before the change. */
export async function shows(
  { bed }: Stage,
  kind: string,
  name: string,
  status: Readonly<Record<string, unknown>>,
): Promise<void> {
  const what = `shows ${JSON.stringify(status)}`;
  await bed.eventually(kind, name, what, (object) =>
    Object.entries(status).every(([field, value]) => object.status?.[field] === value),
  );
  await bed.ready(kind, name);
}

async function withClient<Client extends { destroy(): void }, T>(
  client: Client,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

const credentials = { accessKeyId: '123456789012', secretAccessKey: 'test' };

/** Asks as the test itself, not as the operator. */
export function inEc2<T>({ endpoint }: Stage, use: (ec2: EC2Client) => Promise<T>): Promise<T> {
  return withClient(new EC2Client({ endpoint, region: awsRegion, credentials }), use);
}

export function inAutoScaling<T>({ endpoint }: Stage, use: (client: AutoScalingClient) => Promise<T>): Promise<T> {
  return withClient(new AutoScalingClient({ endpoint, region: awsRegion, credentials }), use);
}

export async function templateIn(stage: Stage, name: string): Promise<LaunchTemplate | undefined> {
  const command = new DescribeLaunchTemplatesCommand({ Filters: [{ Name: 'launch-template-name', Values: [name] }] });
  return (await inEc2(stage, (ec2) => ec2.send(command))).LaunchTemplates?.[0];
}

/** Oldest first. */
export async function versionsIn(stage: Stage, name: string): Promise<readonly LaunchTemplateVersion[]> {
  const command = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: name });
  const { LaunchTemplateVersions = [] } = await inEc2(stage, (ec2) => ec2.send(command));
  return LaunchTemplateVersions.toSorted((a, b) => (a.VersionNumber ?? 0) - (b.VersionNumber ?? 0));
}

export async function groupIn(stage: Stage, name: string): Promise<AutoScalingGroup | undefined> {
  const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
  const { AutoScalingGroups } = await inAutoScaling(stage, (client) => client.send(command));
  return AutoScalingGroups?.find(({ Status }) => Status === undefined);
}

export async function hooksIn(stage: Stage, name: string): Promise<readonly LifecycleHook[]> {
  const command = new DescribeLifecycleHooksCommand({ AutoScalingGroupName: name });
  return (await inAutoScaling(stage, (client) => client.send(command))).LifecycleHooks ?? [];
}

export async function providerIn({ bed }: Stage, name: string): Promise<CapacityProvider | undefined> {
  const command = new DescribeCapacityProvidersCommand({ capacityProviders: [name], include: ['TAGS'] });
  const { capacityProviders } = await bed.aws.send(command);
  return capacityProviders?.find(({ status }) => status !== 'INACTIVE');
}

/** Tags of EC2 and Auto Scaling as a record, without the operator's own and those of AWS. */
export function ownTags(
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined,
): Readonly<Record<string, string>> {
  const entries = (tags ?? []).map(({ Key = '', Value = '' }): [string, string] => [Key, Value]);
  return Object.fromEntries(entries.filter(([key]) => !/^(ecs-operator\.dev\/|aws:|AmazonECSManaged$)/.test(key)));
}
