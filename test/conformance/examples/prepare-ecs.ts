import {
  CreateCapacityProviderCommand,
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  CreateTaskSetCommand,
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  ListContainerInstancesCommand,
  ListTasksCommand,
  type LoadBalancer,
  PutAccountSettingCommand,
  PutAttributesCommand,
  PutClusterCapacityProvidersCommand,
  RegisterContainerInstanceCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateTaskProtectionCommand,
} from '@aws-sdk/client-ecs';
import { shortName } from '../../sandbox/region/ecs/arn.ts';
import { createGroup } from './prepare-autoscaling.ts';
import type { Stage } from './stage.ts';

const AWSVPC = {
  subnets: ['subnet-12344321'],
  securityGroups: ['sg-12344321'],
};

const fargate = (): Pick<CreateServiceCommandInput, 'launchType' | 'networkConfiguration'> => ({
  launchType: 'FARGATE',
  networkConfiguration: { awsvpcConfiguration: { ...AWSVPC, assignPublicIp: 'ENABLED' } },
});

/** Makes what the command names, unless it is what the command itself makes. */
export async function prepareEcs(stage: Stage): Promise<void> {
  await clusters(stage);
  await containerInstances(stage);
  await capacityProviders(stage);
  await taskDefinitions(stage);
  await services(stage);
  await taskSets(stage);
  await tasks(stage);
  await accountSettings(stage);
}

/** The cluster of the command; `default` where it names none. */
const clusterName = ({ command }: Stage): string =>
  shortName(command.first('cluster') ?? command.first('clusters') ?? 'default');

async function clusters(stage: Stage): Promise<void> {
  const { command, ecs } = stage;
  if (command.name === 'create-cluster') return;
  await ecs.send(new CreateClusterCommand({ clusterName: clusterName(stage) }));
  for (const arn of command.values('resource-arn')) {
    await ecs.send(new CreateClusterCommand({ clusterName: shortName(arn), tags: [{ key: 'key1', value: 'value1' }] }));
  }
}

/** Instances that the command names, or one where it lists instances or places a task. */
async function containerInstances(stage: Stage): Promise<void> {
  const { command } = stage;
  const named = [
    ...command.values('container-instance'),
    ...command.values('container-instances'),
    ...command.values('attributes').flatMap((text) => /targetId=([^,]+)/.exec(text)?.[1] ?? []),
  ];
  for (const reference of named) {
    const arn = await registerInstance(stage);
    // What the recording calls an ARN may be in the old format without a cluster.
    stage.replace(reference, reference.startsWith('arn:') ? arn : shortName(arn));
  }
  if (['list-attributes', 'list-container-instances', 'run-task'].includes(command.name)) await registerInstance(stage);
  if (['list-attributes', 'delete-attributes'].includes(command.name)) {
    const { containerInstanceArns: [targetId] = [] } = await stage.ecs.send(
      new ListContainerInstancesCommand({ cluster: clusterName(stage) }),
    );
    const attributes = [{ name: 'stack', value: 'production', targetId }];
    await stage.ecs.send(new PutAttributesCommand({ cluster: clusterName(stage), attributes }));
  }
}

async function registerInstance(stage: Stage): Promise<string> {
  stage.instances += 1;
  const instanceId = `i-${String(stage.instances).padStart(17, '0')}`;
  const { containerInstance } = await stage.ecs.send(
    new RegisterContainerInstanceCommand({
      cluster: clusterName(stage),
      instanceIdentityDocument: JSON.stringify({ instanceId, instanceType: 'm5.large', region: stage.regionName }),
      totalResources: [
        { name: 'CPU', type: 'INTEGER', integerValue: 2_048 },
        { name: 'MEMORY', type: 'INTEGER', integerValue: 7_764 },
        { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22', '2375', '2376', '51678', '51679'] },
        { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
      ],
      versionInfo: { agentVersion: '1.0.0', agentHash: '4023248', dockerVersion: 'DockerVersion: 1.5.0' },
      attributes: [{ name: 'ecs.availability-zone', value: `${stage.regionName}a` }],
    }),
  );
  stage.settle();
  return containerInstance?.containerInstanceArn ?? '';
}

async function capacityProviders(stage: Stage): Promise<void> {
  const { command, ecs } = stage;
  const named = [...command.values('capacity-providers'), ...command.values('capacity-provider')];
  if (/capacity-provider/.test(command.name)) named.push(...command.values('name'));
  if (command.name === 'describe-clusters' && command.values('include').length > 0)
    named.push('sampleCapacityProvider');
  if (command.name === 'describe-capacity-providers') named.push('MyCapacityProvider');
  const names = [...new Set(named.map(shortName))].filter((name) => /^\w/.test(name));
  for (const name of names) {
    const arn = await createGroup(stage, { name: `${name}-group`, protect: true });
    const recorded = /autoScalingGroupArn=([^,]+)/.exec(command.first('auto-scaling-group-provider') ?? '')?.[1];
    if (command.name === 'create-capacity-provider') {
      if (recorded !== undefined) stage.replace(recorded, arn);
      continue;
    }
    await ecs.send(
      new CreateCapacityProviderCommand({
        name,
        autoScalingGroupProvider: {
          autoScalingGroupArn: arn,
          managedScaling: { status: 'ENABLED', targetCapacity: 100 },
          managedTerminationProtection: /describe/.test(command.name) ? 'ENABLED' : 'DISABLED',
        },
        tags: [{ key: 'environment', value: 'production' }],
      }),
    );
  }
  if (/^(describe-clusters|put-cluster-capacity-providers|update-cluster)$/.test(command.name) && names.length > 0) {
    await ecs.send(
      new PutClusterCapacityProvidersCommand({
        cluster: clusterName(stage),
        capacityProviders: names,
        defaultCapacityProviderStrategy: names.map((name) => ({ capacityProvider: name, weight: 1 })),
      }),
    );
  }
  stage.settle();
}

async function taskDefinitions(stage: Stage): Promise<void> {
  const { command, ecs } = stage;
  const reference = command.first('task-definition') ?? command.first('task-definitions');
  if (/^list-task-def/.test(command.name)) await register(stage, command.first('family-prefix') ?? 'web');
  if (reference === undefined) return;
  const [family = '', revision = '1'] = shortName(reference).split(':');
  for (let number = 0; number < Number(revision); number += 1) await register(stage, family);
  if (command.name === 'delete-task-definitions') {
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: reference }));
  }
}

/** A definition that fits the network, load balancers and volumes that the command gives. */
async function register({ command, ecs }: Stage, family: string): Promise<void> {
  const awsvpc = command.values('network-configuration').length > 0 || command.values('service').length > 0;
  const balancers = command.values('load-balancers').map((text): LoadBalancer => JSON.parse(text));
  const volumes = command
    .values('volume-configurations')
    .filter((text) => text.startsWith('{'))
    .map((text): { name?: string } => JSON.parse(text));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      ...(awsvpc ? { networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' } : {}),
      containerDefinitions: [
        {
          name: balancers[0]?.containerName ?? 'app',
          image: 'nginx',
          cpu: 10,
          memory: 128,
          portMappings: [{ containerPort: balancers[0]?.containerPort ?? 80 }],
        },
      ],
      volumes: volumes.map(({ name }) => ({ name, configuredAtLaunch: true })),
    }),
  );
}

async function services(stage: Stage): Promise<void> {
  const { command, ecs } = stage;
  if (command.name === 'create-service') return;
  const named = [...command.values('service'), ...command.values('services')];
  if (/^list-services/.test(command.name)) named.push('MyService');
  for (const option of ['service-deployment-arn', 'service-revision-arns']) {
    named.push(...command.values(option).map((arn) => arn.slice(0, arn.lastIndexOf('/'))));
  }
  const external = /task-set/.test(command.name);
  const namespace = command.first('namespace');
  for (const reference of named) {
    const cluster = clusterOf(stage, reference);
    await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
    await register(stage, 'prepared');
    await ecs.send(
      new CreateServiceCommand({
        cluster,
        serviceName: shortName(reference),
        desiredCount: 1,
        ...(external
          ? { deploymentController: { type: 'EXTERNAL' } }
          : { taskDefinition: await prepared(stage), ...fargate() }),
        ...(namespace === undefined ? {} : { serviceConnectConfiguration: { enabled: true, namespace } }),
      }),
    );
    stage.settle();
    await replaceDeployment(stage, cluster, shortName(reference));
    if (command.name === 'wait' && /inactive/.test(stage.call.words[2] ?? '')) {
      await ecs.send(new DeleteServiceCommand({ cluster, service: shortName(reference), force: true }));
    }
  }
  stage.settle();
}

/** A definition for Fargate, whatever the command says. */
async function prepared({ command, ecs }: Stage): Promise<string> {
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'prepared',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      taskRoleArn: 'arn:aws:iam::123456789012:role/task',
      containerDefinitions: [{ name: command.first('container') ?? 'app', image: 'nginx' }],
    }),
  );
  return taskDefinition?.taskDefinitionArn ?? '';
}

/** ARNs of deployments and revisions end in what nobody can know before. */
async function replaceDeployment(stage: Stage, cluster: string, service: string): Promise<void> {
  const { command, ecs } = stage;
  const deployment = command.first('service-deployment-arn');
  const revision = command.first('service-revision-arns');
  if (deployment === undefined && revision === undefined) return;
  const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
  const arn = services[0]?.currentServiceDeployment ?? '';
  if (deployment !== undefined) stage.replace(deployment, arn);
  if (revision === undefined) return;
  const { serviceDeployments = [] } = await ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }),
  );
  stage.replace(revision, serviceDeployments[0]?.targetServiceRevision?.arn);
}

/** From the command, or from the ARN of the service. */
function clusterOf(stage: Stage, service: string): string {
  const [, fromArn] = service.split('/');
  return stage.command.first('cluster') ?? fromArn ?? 'default';
}

async function taskSets(stage: Stage): Promise<void> {
  const { command, ecs } = stage;
  const named = command.first('task-set') ?? command.first('task-sets') ?? command.first('primary-task-set');
  if (named === undefined) return;
  const { taskSet } = await ecs.send(
    new CreateTaskSetCommand({
      cluster: command.first('cluster'),
      service: command.first('service'),
      taskDefinition: await prepared(stage),
      launchType: 'EC2',
      networkConfiguration: { awsvpcConfiguration: AWSVPC },
      scale: { value: 100, unit: 'PERCENT' },
    }),
  );
  stage.replace(named, taskSet?.taskSetArn);
  stage.settle();
}

async function tasks(stage: Stage): Promise<void> {
  const { command, ecs } = stage;
  const named = [...command.values('task'), ...command.values('tasks')];
  if (command.name === 'list-tasks') named.push('any');
  if (named.length === 0) return;
  const cluster = clusterName(stage);
  const arns = /task-protection/.test(command.name)
    ? await serviceTasks(stage, cluster)
    : await runTasks(stage, cluster, named.length);
  for (const [index, reference] of named.entries()) {
    stage.replace(reference, reference.startsWith('arn:') ? arns[index] : shortName(arns[index] ?? ''));
  }
  if (stage.call.words[2] === 'tasks-stopped') {
    for (const task of arns) await ecs.send(new StopTaskCommand({ cluster, task }));
  }
  stage.settle();
}

/** On an instance of the cluster, with the task's ports on it. */
async function runTasks(stage: Stage, cluster: string, count: number): Promise<string[]> {
  if (stage.instances === 0) await registerInstance(stage);
  const family = 'prepared-for-ec2';
  const app = {
    name: stage.command.first('container') ?? 'app',
    image: 'nginx',
    cpu: 10,
    memory: 300,
    essential: true,
  };
  await stage.ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      taskRoleArn: 'arn:aws:iam::123456789012:role/task',
      containerDefinitions: [{ ...app, portMappings: [{ containerPort: 80 }] }],
    }),
  );
  const { tasks: started = [] } = await stage.ecs.send(
    new RunTaskCommand({ cluster, taskDefinition: family, count, startedBy: 'somebody', enableExecuteCommand: true }),
  );
  return started.map(({ taskArn = '' }) => taskArn);
}

/** Only tasks of services can be protected. */
async function serviceTasks(stage: Stage, cluster: string): Promise<string[]> {
  const { command, ecs } = stage;
  const taskDefinition = await prepared(stage);
  await ecs.send(
    new CreateServiceCommand({ cluster, serviceName: 'prepared', taskDefinition, desiredCount: 1, ...fargate() }),
  );
  stage.settle();
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName: 'prepared' }));
  if (command.name === 'get-task-protection') {
    await ecs.send(new UpdateTaskProtectionCommand({ cluster, tasks: taskArns, protectionEnabled: true }));
  }
  return taskArns;
}

async function accountSettings({ command, ecs }: Stage): Promise<void> {
  const principalArn = command.first('principal-arn');
  if (principalArn === undefined || /^put/.test(command.name)) return;
  await ecs.send(new PutAccountSettingCommand({ name: 'serviceLongArnFormat', value: 'enabled', principalArn }));
}
