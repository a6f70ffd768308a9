import type { JournalEntry } from '../../sandbox/region/index.ts';
import type { World } from '../../sandbox/region/world.ts';
import type { Question } from './policy.ts';
import { record, text, texts, values } from './read.ts';

type Tags = ReadonlyMap<string, string>;
const none: Tags = new Map();

interface Subject {
  readonly resource: string;
  readonly tags: Tags;
}

/** Everything that IAM is asked for one request, by the service authorization reference: the action itself, and what depends on it. */
export function questionsOf(entry: JournalEntry, world: World): readonly Question[] {
  if (entry.service === 'sts') return [];
  const { service, operation } = entry;
  const input = record(entry.input);
  const tags = requestTags(input);
  const context = contextOf(entry, tags);
  const subjects = subjectsOf(service, operation, input, world);
  const own = subjects.map((subject) => ask(`${service}:${operation}`, subject, context));
  return [
    ...own,
    ...tagging(service, operation, subjects, tags, context),
    ...dependent(operation, input, world, context),
  ];
}

function ask(action: string, { resource, tags }: Subject, context: Question['context']): Question {
  const own = [...tags].map(([key, value]) => [`aws:ResourceTag/${key}`, [value]] as const);
  return { action, resource, context: new Map([...context, ...own]) };
}

function contextOf(entry: JournalEntry, tags: Tags): Question['context'] {
  const input = record(entry.input);
  const keys = [...tags.keys(), ...texts(input.tagKeys)];
  const context = new Map<string, readonly string[]>([
    ['aws:RequestedRegion', [entry.region]],
    ['ecs:cluster', [ecsArn(`cluster/${nameOf(input.cluster)}`)]],
  ]);
  if (keys.length > 0) context.set('aws:TagKeys', keys);
  for (const [key, value] of tags) context.set(`aws:RequestTag/${key}`, [value]);
  return context;
}

/** ECS writes members small, Auto Scaling and EC2 large. */
function requestTags(input: Readonly<Record<string, unknown>>): Tags {
  const specified = values(input.TagSpecifications ?? input.TagSpecification).flatMap((one) => values(one.Tags));
  const given = [...values(input.tags), ...values(input.Tags), ...specified];
  return new Map(given.map((tag) => [text(tag.key ?? tag.Key), text(tag.value ?? tag.Value)]));
}

const CREATES: ReadonlyMap<string, string> = new Map([
  ['CreateCluster', 'ecs:TagResource'],
  ['CreateService', 'ecs:TagResource'],
  ['CreateCapacityProvider', 'ecs:TagResource'],
  ['RegisterTaskDefinition', 'ecs:TagResource'],
  ['CreateAutoScalingGroup', 'autoscaling:CreateOrUpdateTags'],
  ['CreateLaunchTemplate', 'ec2:CreateTags'],
]);

function tagging(
  service: string,
  operation: string,
  subjects: readonly Subject[],
  tags: Tags,
  context: Question['context'],
): readonly Question[] {
  const action = CREATES.get(operation);
  if (action === undefined || tags.size === 0) return [];
  const created = new Map([...context, [`${service}:CreateAction`, [operation]]]);
  return subjects.map((subject) => ask(action, subject, created));
}

function dependent(
  operation: string,
  input: Readonly<Record<string, unknown>>,
  world: World,
  context: Question['context'],
): readonly Question[] {
  switch (operation) {
    case 'RegisterTaskDefinition':
      return [input.taskRoleArn, input.executionRoleArn]
        .filter((role) => role !== undefined)
        .map((role) => passes(text(role), 'ecs-tasks.amazonaws.com'));
    case 'CreateAutoScalingGroup':
      return launches(input);
    case 'CreateCapacityProvider': {
      const group = record(input.autoScalingGroupProvider).autoScalingGroupArn;
      if (group === undefined) return [];
      const marked = new Map([...context, ['aws:TagKeys', ['AmazonECSManaged']]]);
      return [ask('autoscaling:CreateOrUpdateTags', groupNamed(nameOf(group), world), marked)];
    }
    default:
      return [];
  }
}

function passes(resource: string, to: string): Question {
  return { action: 'iam:PassRole', resource, context: new Map([['iam:PassedToService', [to]]]) };
}

function launches(input: Readonly<Record<string, unknown>>): readonly Question[] {
  const id = record(input.LaunchTemplate).LaunchTemplateId;
  if (id === undefined) return [];
  const context = new Map([['ec2:LaunchTemplate', [ec2Arn(`launch-template/${text(id)}`)]]]);
  return [
    { action: 'ec2:RunInstances', resource: '*', context },
    passes('arn:aws:iam::123456789012:role/ecsInstanceRole', 'ec2.amazonaws.com'),
  ];
}

function subjectsOf(
  service: string,
  operation: string,
  input: Readonly<Record<string, unknown>>,
  world: World,
): readonly Subject[] {
  switch (service) {
    case 'ecs':
      return ecsSubjects(operation, input, world);
    case 'autoscaling':
      if (operation.startsWith('Describe')) return [everything];
      return groupNames(input).map((name) => groupNamed(name, world));
    case 'ec2':
      return operation.startsWith('Describe') ? [everything] : templates(input, world);
    case 'ssm':
      return texts(input.Names).map((name) => untagged(`arn:aws:ssm:us-east-1::parameter${name}`));
    default:
      throw new Error(`the test does not know the resources of ${service}:${operation}`);
  }
}

const untagged = (resource: string): Subject => ({ resource, tags: none });
const everything = untagged('*');

/** Actions without a resource type in the service authorization reference, or with the cluster as a condition only. */
const WITHOUT_RESOURCE =
  /^(DescribeTaskDefinition|ListTaskDefinitions|ListTaskDefinitionFamilies|DeregisterTaskDefinition|ListServices|ListTasks)$/;

function ecsSubjects(operation: string, input: Readonly<Record<string, unknown>>, world: World): readonly Subject[] {
  if (WITHOUT_RESOURCE.test(operation)) return [everything];
  const arns = [
    ...texts(input.serviceDeploymentArns),
    ...texts(input.serviceRevisionArns),
    ...texts([input.resourceArn]),
  ];
  if (arns.length > 0) return arns.map((arn) => ecsSubject(arn.split(':').slice(5).join(':'), world));
  return ecsPaths(operation, input).map((path) => ecsSubject(path, world));
}

function ecsPaths(operation: string, input: Readonly<Record<string, unknown>>): readonly string[] {
  const cluster = nameOf(input.cluster ?? input.clusterName);
  const below = (type: string, names: readonly string[]): readonly string[] =>
    names.map((name) => `${type}/${cluster}/${nameOf(name)}`);
  switch (operation) {
    case 'RegisterTaskDefinition':
      return [`task-definition/${text(input.family)}:*`];
    case 'CreateCapacityProvider':
    case 'UpdateCapacityProvider':
      return [`capacity-provider/${text(input.name)}`];
    case 'DeleteCapacityProvider':
      return [`capacity-provider/${nameOf(input.capacityProvider)}`];
    case 'DescribeCapacityProviders':
      return texts(input.capacityProviders).map((name) => `capacity-provider/${nameOf(name)}`);
    case 'DescribeContainerInstances':
    case 'UpdateContainerInstancesState':
      return below('container-instance', texts(input.containerInstances));
    case 'DescribeTasks':
      return below('task', texts(input.tasks));
    case 'DescribeClusters':
      return texts(input.clusters).map((name) => `cluster/${nameOf(name)}`);
    case 'DescribeServices':
      return below('service', texts(input.services));
    case 'CreateService':
    case 'UpdateService':
    case 'DeleteService':
    case 'ListServiceDeployments':
      return below('service', [text(input.serviceName ?? input.service)]);
    default:
      return [`cluster/${cluster}`];
  }
}

function ecsSubject(path: string, world: World): Subject {
  const [type, first = '', second = ''] = path.split('/');
  const { clusters, capacityProviders, families } = world.ecs;
  const [family = '', revision = ''] = first.split(':');
  const tags: Readonly<Record<string, Tags | undefined>> = {
    cluster: clusters.get(first)?.tags,
    service: clusters.get(first)?.services.get(second)?.tags,
    'capacity-provider': capacityProviders.get(first)?.tags,
    'task-definition': families.get(family)?.revisions.get(Number(revision))?.tags,
  };
  return { resource: ecsArn(path), tags: tags[type ?? ''] ?? none };
}

function groupNames(input: Readonly<Record<string, unknown>>): readonly string[] {
  const tagged = values(input.Tags).map(({ ResourceId }) => text(ResourceId));
  return input.AutoScalingGroupName === undefined ? [...new Set(tagged)] : [text(input.AutoScalingGroupName)];
}

function groupNamed(name: string, world: World): Subject {
  const live = world.autoScaling.groups.get(name);
  const tags = new Map([...(live?.tags ?? [])].map(([key, { value }]) => [key, value]));
  return {
    resource:
      live?.arn ?? `arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:new:autoScalingGroupName/${name}`,
    tags,
  };
}

function templates(input: Readonly<Record<string, unknown>>, world: World): readonly Subject[] {
  const ids = [...texts([input.LaunchTemplateId]), ...texts(input.Resources ?? input.ResourceId)];
  const named = ids.length === 0 ? ['lt-new'] : ids;
  return named.map((id) => ({
    resource: ec2Arn(`launch-template/${id}`),
    tags: world.ec2.launchTemplates.get(id)?.tags ?? none,
  }));
}

const ecsArn = (path: string): string => `arn:aws:ecs:us-east-1:123456789012:${path}`;
const ec2Arn = (path: string): string => `arn:aws:ec2:us-east-1:123456789012:${path}`;

/** Of an ARN, the last part; a name as it is. */
function nameOf(value: unknown): string {
  const name = value === undefined ? 'default' : text(value);
  return name.slice(name.lastIndexOf('/') + 1);
}
