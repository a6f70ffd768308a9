import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeLifecycleHooksCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeLaunchTemplatesCommand, DescribeLaunchTemplateVersionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ListContainerInstancesCommand,
} from '@aws-sdk/client-ecs';
import { connection, type Inventory } from '../sandbox/region/index.ts';
import { awsRegion } from './operator-bed.ts';
import type { Managed, TestBed } from './test-bed.ts';

type Bed = Pick<TestBed, 'region' | 'aws' | 'aws'>;

/** Everything in the region and in the objects, without what differs from one run to the next (ids, times, revision numbers). */
export async function endState(bed: Bed, objects: readonly Managed[]): Promise<Readonly<Record<string, unknown>>> {
  const inventory = bed.region.inventory();
  const state = {
    ...(await containers(bed, inventory)),
    ...(await capacity(bed, inventory)),
    objects: objects.map(({ kind, metadata, spec, status }) => ({
      kind,
      name: metadata.name,
      finalizers: metadata.finalizers,
      spec,
      status: { ...status, ...COUNTED },
    })),
  };
  return JSON.parse(masked(JSON.stringify(state)));
}

/** What a status has from whenever AWS was last looked at, which nobody is told of; services, tasks and instances are compared by themselves. */
const COUNTED = {
  events: undefined,
  activeServicesCount: undefined,
  runningTasksCount: undefined,
  pendingTasksCount: undefined,
  registeredContainerInstancesCount: undefined,
  containerInstances: undefined,
  capacityProviderStatuses: undefined,
  scaledByCapacityProvider: undefined,
};

async function containers({ aws }: Bed, { clusters, services, taskDefinitions, tasks }: Inventory): Promise<object> {
  const describedServices = await Promise.all(
    services.map(async (arn) => {
      const command = new DescribeServicesCommand({ cluster: arn.split('/')[1], services: [arn], include: ['TAGS'] });
      const { services: [service] = [] } = await aws.send(command);
      // What happened on the way there is not part of where it ended.
      return { ...service, events: undefined };
    }),
  );
  const revisions = await Promise.all(
    taskDefinitions.map((taskDefinition) =>
      aws.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] })),
    ),
  );
  const described = new DescribeClustersCommand({ clusters: [...clusters], include: ['SETTINGS', 'TAGS'] });
  return {
    clusters: clusters.length === 0 ? [] : (await aws.send(described)).clusters?.map((one) => ({ ...one, ...COUNTED })),
    services: describedServices,
    taskDefinitions: revisions.map(({ taskDefinition, tags }) => ({ taskDefinition, tags })),
    tasks: tasks.length,
  };
}

/** Launch templates with their default version, groups with their hooks, capacity providers, and what is registered in the clusters. */
async function capacity({ region, aws }: Bed, inventory: Inventory): Promise<object> {
  const ec2 = new EC2Client(connection(region, { region: awsRegion }));
  const autoScaling = new AutoScalingClient(connection(region, { region: awsRegion }));
  try {
    return {
      launchTemplates: await Promise.all(inventory.launchTemplates.map((id) => launchTemplate(ec2, id))),
      autoScalingGroups: await Promise.all(
        inventory.autoScalingGroups.map((arn) => group(autoScaling, arn.split('autoScalingGroupName/')[1] ?? '')),
      ),
      capacityProviders: await Promise.all(
        inventory.capacityProviders.map(async (arn) => {
          const command = new DescribeCapacityProvidersCommand({ capacityProviders: [arn], include: ['TAGS'] });
          return (await aws.send(command)).capacityProviders;
        }),
      ),
      containerInstances: await Promise.all(inventory.clusters.map((cluster) => containerInstances(aws, cluster))),
      instances: inventory.instances.length,
    };
  } finally {
    ec2.destroy();
    autoScaling.destroy();
  }
}

async function launchTemplate(ec2: EC2Client, id: string): Promise<object> {
  const templates = await ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [id] }));
  const versions = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: ['$Default'] });
  const [version] = (await ec2.send(versions)).LaunchTemplateVersions ?? [];
  return { template: templates.LaunchTemplates, version };
}

async function group(autoScaling: AutoScalingClient, name: string): Promise<object> {
  const groups = await autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }));
  const hooks = await autoScaling.send(new DescribeLifecycleHooksCommand({ AutoScalingGroupName: name }));
  return { groups: groups.AutoScalingGroups, hooks: hooks.LifecycleHooks };
}

async function containerInstances(aws: Bed['aws'], cluster: string): Promise<readonly object[]> {
  const { containerInstanceArns = [] } = await aws.send(new ListContainerInstancesCommand({ cluster }));
  if (containerInstanceArns.length === 0) return [];
  const command = new DescribeContainerInstancesCommand({ cluster, containerInstances: containerInstanceArns });
  return ((await aws.send(command)).containerInstances ?? []).map(
    ({ status, agentConnected, capacityProviderName, runningTasksCount }) => ({
      status,
      agentConnected,
      capacityProviderName,
      runningTasksCount,
    }),
  );
}

function masked(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'uuid')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')
    .replace(/"revision":\d+/g, '"revision":0')
    .replace(/\b(lt|i)-[0-9a-f]{17}\b/g, '$1-id')
    .replace(/ecs-operator\.dev\/content=[0-9a-f]+/g, 'content')
    .replace(/(task-definition\/[\w-]+|"[\w-]+):\d+"/g, '$1:0"')
    .replace(/bed-[0-9a-f]{8}/g, 'namespace')
    .replace(/ecs-svc\/\d+/g, 'ecs-svc/id')
    .replace(/(service-(?:deployment|revision)\/[\w-]+\/[\w-]+)\/[\w-]+/g, '$1/id')
    .replace(/"(settledHash|observedGeneration|attemptedGeneration|contentHash)":("[0-9a-f]+"|\d+)/g, '"$1":0')
    .replace(/[0-9a-f]{32}/g, 'hash');
}

/** Nothing exists. */
export const nothing = {
  clusters: [],
  services: [],
  taskDefinitions: [],
  tasks: [],
  containerInstances: [],
  capacityProviders: [],
  autoScalingGroups: [],
  launchTemplates: [],
  instances: [],
};
