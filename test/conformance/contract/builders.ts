import type { AutoScalingGroup, CreateAutoScalingGroupCommandInput } from '@aws-sdk/client-auto-scaling';
import type { LaunchTemplate, RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import type {
  AutoScalingGroupProvider,
  CapacityProvider,
  Cluster,
  ContainerDefinition,
  CreateClusterCommandInput,
  CreateServiceCommandInput,
  Deployment,
  RegisterTaskDefinitionCommandInput,
  RunTaskCommandInput,
  Service,
  Task,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { Aws } from './aws.ts';
import { must, only } from './expect.ts';

export type NamedCluster = Cluster & { readonly clusterName: string; readonly clusterArn: string };

export async function createCluster(aws: Aws, input: CreateClusterCommandInput = {}): Promise<NamedCluster> {
  const cluster = must((await aws.ecs.createCluster({ clusterName: aws.name('cluster'), ...input })).cluster);
  return { ...cluster, clusterName: must(cluster.clusterName), clusterArn: must(cluster.clusterArn) };
}

export async function describeCluster(aws: Aws, cluster: string): Promise<Cluster> {
  const include = ['SETTINGS', 'TAGS', 'CONFIGURATIONS', 'ATTACHMENTS', 'STATISTICS'] as const;
  return only((await aws.ecs.describeClusters({ clusters: [cluster], include: [...include] })).clusters);
}

/** The least that Fargate accepts. */
export function fargateDefinition(
  aws: Aws,
  overrides: Partial<RegisterTaskDefinitionCommandInput> = {},
): RegisterTaskDefinitionCommandInput {
  return {
    family: aws.name('family'),
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'app', image: 'nginx', memory: 256, portMappings: [{ containerPort: 80 }] }],
    ...overrides,
  };
}

/** The least that container instances accept. */
export function ec2Definition(
  aws: Aws,
  overrides: Partial<RegisterTaskDefinitionCommandInput> = {},
): RegisterTaskDefinitionCommandInput {
  return {
    family: aws.name('family'),
    containerDefinitions: [{ name: 'app', image: 'nginx', cpu: 128, memory: 128 }],
    ...overrides,
  };
}

export type Registered = TaskDefinition & {
  readonly family: string;
  readonly taskDefinitionArn: string;
  /** The first one. */
  readonly container: ContainerDefinition;
};

export async function register(aws: Aws, input: RegisterTaskDefinitionCommandInput): Promise<Registered> {
  const registered = must((await aws.ecs.registerTaskDefinition(input)).taskDefinition);
  return {
    ...registered,
    family: must(registered.family),
    taskDefinitionArn: must(registered.taskDefinitionArn),
    container: must(registered.containerDefinitions?.[0]),
  };
}

export function awsvpc(aws: Aws): NonNullable<CreateServiceCommandInput['networkConfiguration']> {
  return { awsvpcConfiguration: { subnets: [aws.subnets[0]], securityGroups: [aws.securityGroup] } };
}

export interface Placed {
  readonly cluster: string;
  readonly serviceName: string;
  readonly created: Service;
}

/** A Fargate service in a cluster of its own, of which the overrides win. */
export async function createService(aws: Aws, overrides: Partial<CreateServiceCommandInput> = {}): Promise<Placed> {
  const cluster = overrides.cluster ?? (await createCluster(aws)).clusterName;
  const serviceName = overrides.serviceName ?? aws.name('service');
  const { service } = await aws.ecs.createService(await serviceInput(aws, { ...overrides, cluster, serviceName }));
  return { cluster, serviceName, created: must(service) };
}

export async function serviceInput(
  aws: Aws,
  overrides: Partial<CreateServiceCommandInput>,
): Promise<CreateServiceCommandInput> {
  return {
    serviceName: aws.name('service'),
    taskDefinition: overrides.taskDefinition ?? (await register(aws, fargateDefinition(aws))).taskDefinitionArn,
    desiredCount: 1,
    launchType: 'FARGATE',
    networkConfiguration: awsvpc(aws),
    ...overrides,
  };
}

export async function describeService(aws: Aws, { cluster, serviceName }: Placed): Promise<Service> {
  const { services } = await aws.ecs.describeServices({ cluster, services: [serviceName], include: ['TAGS'] });
  return only(services);
}

export async function primary(aws: Aws, placed: Placed): Promise<Deployment> {
  const { deployments } = await describeService(aws, placed);
  return must(deployments?.find(({ status }) => status === 'PRIMARY'));
}

/** Runs Fargate tasks in a cluster of their own. */
export async function runTask(
  aws: Aws,
  overrides: Partial<RunTaskCommandInput> = {},
): Promise<{ cluster: string; task: Task & { taskArn: string }; tasks: Task[] }> {
  const cluster = overrides.cluster ?? (await createCluster(aws)).clusterName;
  const { tasks } = await aws.ecs.runTask({
    taskDefinition: overrides.taskDefinition ?? (await register(aws, fargateDefinition(aws))).taskDefinitionArn,
    launchType: 'FARGATE',
    networkConfiguration: awsvpc(aws),
    ...overrides,
    cluster,
  });
  const task = must(tasks?.[0]);
  return { cluster, task: { ...task, taskArn: must(task.taskArn) }, tasks: must(tasks) };
}

export async function describeTask(aws: Aws, cluster: string, task: string): Promise<Task> {
  return only((await aws.ecs.describeTasks({ cluster, tasks: [task], include: ['TAGS'] })).tasks);
}

export async function tasksOf(
  aws: Aws,
  placed: Placed,
  desiredStatus: 'RUNNING' | 'STOPPED' = 'RUNNING',
): Promise<Task[]> {
  const { cluster, serviceName } = placed;
  const { taskArns } = await aws.ecs.listTasks({ cluster, serviceName, desiredStatus });
  if (must(taskArns).length === 0) return [];
  return must((await aws.ecs.describeTasks({ cluster, tasks: taskArns, include: ['TAGS'] })).tasks);
}

export async function createTemplate(
  aws: Aws,
  data: RequestLaunchTemplateData = {},
): Promise<{ readonly name: string; readonly template: LaunchTemplate }> {
  const name = aws.name('template');
  const { LaunchTemplate: template } = await aws.ec2.createLaunchTemplate({
    LaunchTemplateName: name,
    LaunchTemplateData: { ImageId: aws.imageId, InstanceType: 't3.medium', ...data },
  });
  return { name, template: must(template) };
}

/** A group that has no instances unless the overrides ask for some. Answers its name. */
export async function createGroup(
  aws: Aws,
  overrides: Partial<CreateAutoScalingGroupCommandInput> = {},
): Promise<string> {
  const AutoScalingGroupName = overrides.AutoScalingGroupName ?? aws.name('group');
  await aws.autoScaling.createAutoScalingGroup({
    LaunchTemplate: { LaunchTemplateName: (await createTemplate(aws)).name, Version: '$Latest' },
    MinSize: 0,
    MaxSize: 1,
    VPCZoneIdentifier: aws.subnets[0],
    ...overrides,
    AutoScalingGroupName,
  });
  return AutoScalingGroupName;
}

export async function describeGroup(aws: Aws, name: string): Promise<AutoScalingGroup> {
  return only((await aws.autoScaling.describeAutoScalingGroups({ AutoScalingGroupNames: [name] })).AutoScalingGroups);
}

/** A capacity provider of a group of its own, unless one is named. */
export async function createProvider(
  aws: Aws,
  settings: Omit<AutoScalingGroupProvider, 'autoScalingGroupArn'> = {},
  group: Partial<CreateAutoScalingGroupCommandInput> = {},
  groupName?: string,
): Promise<CapacityProvider> {
  const { AutoScalingGroupARN } = await describeGroup(aws, groupName ?? (await createGroup(aws, group)));
  const { capacityProvider } = await aws.ecs.createCapacityProvider({
    name: aws.name('provider'),
    autoScalingGroupProvider: { autoScalingGroupArn: must(AutoScalingGroupARN), ...settings },
  });
  return must(capacityProvider);
}
