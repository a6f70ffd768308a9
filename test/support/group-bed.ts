import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  type ContainerInstance,
  CreateServiceCommand,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  ListContainerInstancesCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import type { AutoScalingGroupSpec } from '../../src/kinds/auto-scaling-group/api.ts';
import type { LaunchTemplateSpec } from '../../src/kinds/launch-template/api.ts';
import { connection } from '../sandbox/region/index.ts';
import { eventually } from './eventually.ts';
import { cluster } from './manifests.ts';
import { awsRegion } from './operator-bed.ts';
import { type Managed, type Manifest, type TestBed, type TestBedOptions, testBed } from './test-bed.ts';

/** A bed with a cluster `prod` and a launch template `nodes` whose instances join it, and what to look at groups with. */
export interface GroupBed extends TestBed {
  readonly autoScaling: AutoScalingClient;
  group(name: string): Promise<AutoScalingGroup | undefined>;
  /** Applies a group and waits until all its instances are in service and registered. */
  readyGroup(name: string, spec?: Partial<AutoScalingGroupSpec>): Promise<Managed>;
  /** Container instances of the cluster, whatever group they are of. */
  registered(): Promise<readonly ContainerInstance[]>;
  /** Makes a service on instances behind the operator's back, and waits until its tasks run. */
  service(name: string, desiredCount: number): Promise<void>;
  /** Resolves once the service runs as many tasks as it wants. */
  serviceRuns(name: string): Promise<void>;
}

/** What instances that join a cluster need. */
export function templateData(instanceType = 'm5.large'): LaunchTemplateSpec['launchTemplateData'] {
  return { imageId: 'ami-0123456789abcdef0', instanceType, iamInstanceProfile: { name: 'ecsInstanceRole' } };
}

export function launchTemplate(name: string, spec: Partial<LaunchTemplateSpec> = {}): Manifest {
  return {
    kind: 'LaunchTemplate',
    metadata: { name },
    spec: {
      launchTemplateData: templateData(),
      ecs: { clusterRef: { name: 'prod' } },
      ...spec,
    },
  };
}

export function group(
  name: string,
  spec: Partial<AutoScalingGroupSpec> = {},
  annotations: Record<string, string> = {},
): Manifest {
  return {
    kind: 'AutoScalingGroup',
    metadata: { name, annotations },
    spec: {
      launchTemplateRef: { name: 'nodes' },
      minSize: 1,
      maxSize: 4,
      vpcZoneIdentifier: 'subnet-1,subnet-2',
      ...spec,
    },
  };
}

export async function groupBed(options: TestBedOptions = {}): Promise<GroupBed> {
  const bed = await testBed(options);
  const autoScaling = new AutoScalingClient(connection(bed.region, { region: awsRegion }));
  await bed.apply(cluster('prod'), launchTemplate('nodes'));
  await bed.ready('LaunchTemplate', 'nodes');
  await bed.aws.send(
    new RegisterTaskDefinitionCommand({
      family: 'app',
      containerDefinitions: [{ name: 'app', image: 'nginx', cpu: 128, memory: 128 }],
    }),
  );
  const more = {
    autoScaling,
    async group(name: string) {
      const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
      const { AutoScalingGroups = [] } = await autoScaling.send(command);
      return AutoScalingGroups[0];
    },
    async readyGroup(name: string, spec: Partial<AutoScalingGroupSpec> = {}) {
      await bed.apply(group(name, spec));
      const ready = await bed.ready('AutoScalingGroup', name);
      await eventually(`the instances of ${name} are registered`, async () => {
        const ids = (await more.group(name))?.Instances?.map(({ InstanceId }) => InstanceId) ?? [];
        const known = (await more.registered()).map(({ ec2InstanceId }) => ec2InstanceId);
        return { value: known, done: ids.every((id) => known.includes(id)) };
      });
      return ready;
    },
    async registered() {
      const { containerInstanceArns = [] } = await bed.aws.send(new ListContainerInstancesCommand({ cluster: 'prod' }));
      if (containerInstanceArns.length === 0) return [];
      const command = new DescribeContainerInstancesCommand({
        cluster: 'prod',
        containerInstances: containerInstanceArns,
      });
      return (await bed.aws.send(command)).containerInstances ?? [];
    },
    async service(name: string, desiredCount: number) {
      await bed.aws.send(
        new CreateServiceCommand({
          cluster: 'prod',
          serviceName: name,
          taskDefinition: 'app',
          desiredCount,
          launchType: 'EC2',
        }),
      );
      await more.serviceRuns(name);
    },
    async serviceRuns(name: string) {
      await eventually(`service ${name} runs`, async () => {
        const { services } = await bed.aws.send(new DescribeServicesCommand({ cluster: 'prod', services: [name] }));
        const { runningCount = 0, desiredCount } = services?.[0] ?? {};
        return { value: services, done: runningCount === desiredCount };
      });
    },
  };
  const { stop } = bed;
  return Object.assign(bed, more, {
    async stop() {
      autoScaling.destroy();
      await stop();
    },
  });
}
