import {
  CreateClusterCommand,
  CreateServiceCommand,
  type ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { client, type Region, startRegion } from '../sandbox/region/index.ts';
import { type AwsCli, awsCli } from './tools/aws-cli.ts';
import { CliSession } from './tools/cli-session.ts';
import { describeWithPython, python, pythonTools } from './tools/python.ts';

const account = '123456789012';
const inRegion = `arn:aws:ecs:us-east-1:${account}`;
const network = 'awsvpcConfiguration={subnets=[subnet-1],securityGroups=[sg-1],assignPublicIp=ENABLED}';
const hour = 3_600_000;

describeWithPython('the AWS CLI, with the simulated region as AWS', () => {
  let region: Region;
  let ecs: ECSClient;
  let session: CliSession;
  let aws: AwsCli;
  beforeAll(async () => {
    // Time stands still until `advance`, so that a waiter finds at its first look what it waits for.
    region = await startRegion({ speed: 0 });
    ecs = client(region, { region: 'us-east-1' });
    session = new CliSession(pythonTools(), { ...region.env, AWS_DEFAULT_REGION: 'us-east-1' });
    aws = awsCli((words) => session.run(words));
  });
  afterAll(async () => {
    session.stop();
    ecs.destroy();
    await region.stop();
  });

  it('creates a cluster and describes it', async () => {
    const created = await aws.json(
      'ecs create-cluster --cluster-name made --settings name=containerInsights,value=enabled --tags key=team,value=blue',
    );
    expect(created).toMatchObject({ cluster: { clusterArn: `${inRegion}:cluster/made`, status: 'ACTIVE' } });
    expect(await aws.json('ecs describe-clusters --clusters made absent --include SETTINGS TAGS')).toMatchObject({
      clusters: [
        {
          clusterName: 'made',
          settings: [{ name: 'containerInsights', value: 'enabled' }],
          tags: [{ key: 'team', value: 'blue' }],
        },
      ],
      failures: [{ arn: `${inRegion}:cluster/absent`, reason: 'MISSING' }],
    });
  });

  it('registers a task definition from JSON and reads it back', async () => {
    const definition = {
      family: 'json',
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'app', image: 'nginx:1', environment: [{ name: 'A', value: '1' }] }],
    };
    const registered = await aws.json('ecs register-task-definition --cli-input-json', JSON.stringify(definition));
    expect(registered).toMatchObject({ taskDefinition: { taskDefinitionArn: `${inRegion}:task-definition/json:1` } });
    const query = 'taskDefinition.[revision,status,containerDefinitions[0].environment[0].value]';
    expect(await aws.json('ecs describe-task-definition --task-definition json --query', query)).toEqual([
      1,
      'ACTIVE',
      '1',
    ]);
    await aws.json('ecs deregister-task-definition --task-definition json:1');
    expect(await aws.json('ecs list-task-definitions --family-prefix json --status INACTIVE')).toEqual({
      taskDefinitionArns: [`${inRegion}:task-definition/json:1`],
    });
  });

  it('creates a service, waits until it is stable, and its tasks until they run', async () => {
    await existing('stable');
    const created = await aws.json(
      `ecs create-service --cluster stable --service-name web --task-definition stable --desired-count 2 --launch-type FARGATE --network-configuration ${network}`,
    );
    expect(created).toMatchObject({
      service: { status: 'ACTIVE', runningCount: 0, deployments: [{ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' }] },
    });
    region.advance(hour / 6);
    expect(await aws.run('ecs wait services-stable --cluster stable --services web')).toEqual(silence);
    const tasks = await tasksOf('stable');
    expect(tasks).toHaveLength(2);
    expect(await aws.run('ecs wait tasks-running --cluster stable --tasks', ...tasks)).toEqual(silence);
    const described = await aws.json(
      'ecs describe-tasks --cluster stable --query tasks[].lastStatus --tasks',
      ...tasks,
    );
    expect(described).toEqual(['RUNNING', 'RUNNING']);
  });

  it('updates, stops and deletes a service, and waits for each end', async () => {
    await existing('ending', 1);
    expect(await aws.json('ecs update-service --cluster ending --service ending --desired-count 2')).toMatchObject({
      service: { desiredCount: 2, runningCount: 1 },
    });
    region.advance(hour / 6);
    const [task = ''] = await tasksOf('ending');
    await aws.json('ecs stop-task --cluster ending --reason enough --task', task);
    region.advance(hour / 60);
    expect(await aws.run('ecs wait tasks-stopped --cluster ending --tasks', task)).toEqual(silence);
    const why = await aws.json(
      'ecs describe-tasks --cluster ending --query tasks[0].[stopCode,stoppedReason] --tasks',
      task,
    );
    expect(why).toEqual(['UserInitiated', 'enough']);
    expect(await aws.json('ecs delete-service --cluster ending --service ending --force')).toMatchObject({
      service: { status: 'DRAINING' },
    });
    region.advance(hour / 60);
    expect(await aws.run('ecs wait services-inactive --cluster ending --services ending')).toEqual(silence);
    expect(await aws.json('ecs delete-cluster --cluster ending')).toMatchObject({ cluster: { status: 'INACTIVE' } });
  });

  it('pages through a list by itself, and by hand with a starting token', async () => {
    await existing('paged');
    for (let i = 0; i < 12; i += 1) await createService('paged', `web-${i}`, 0);
    const mark = region.journal.mark();
    expect(await aws.json('ecs list-services --cluster paged --page-size 5 --query length(serviceArns)')).toBe(12);
    expect(region.journal.since(mark).map(({ operation }) => operation)).toEqual(Array(3).fill('ListServices'));
    const token = await aws.text('ecs list-services --cluster paged --max-items 8 --query NextToken');
    const rest = await aws.json(
      'ecs list-services --cluster paged --query length(serviceArns) --starting-token',
      token,
    );
    expect(rest).toBe(4);
  });

  it('tags, lists tags and untags', async () => {
    await existing('tagged');
    const cluster = `${inRegion}:cluster/tagged`;
    await aws.json(`ecs tag-resource --resource-arn ${cluster} --tags key=team,value=blue key=tier,value=web`);
    await aws.json(`ecs untag-resource --resource-arn ${cluster} --tag-keys team`);
    const tags = await aws.json(`ecs list-tags-for-resource --resource-arn ${cluster}`);
    expect(tags).toEqual({ tags: [{ key: 'tier', value: 'web' }] });
  });

  it('knows who it is, and who it is in a role', async () => {
    expect(await aws.json('sts get-caller-identity')).toMatchObject({ Account: account });
    const role = await aws.json(
      'sts assume-role --role-arn arn:aws:iam::210987654321:role/deployer --role-session-name s1',
    );
    expect(role).toMatchObject({
      AssumedRoleUser: { Arn: 'arn:aws:sts::210987654321:assumed-role/deployer/s1' },
      Credentials: { SessionToken: expect.any(String) },
    });
  });

  const refusals = [
    ['ecs list-services --cluster absent', 'ClusterNotFoundException', 'ListServices', 'Cluster not found.'],
    [
      'ecs describe-task-definition --task-definition absent',
      'ClientException',
      'DescribeTaskDefinition',
      'Unable to describe task definition.',
    ],
    [
      'ecs delete-service --cluster refusing --service refusing',
      'InvalidParameterException',
      'DeleteService',
      'The service cannot be stopped while it is scaled above 0.',
    ],
    [
      'ecs delete-cluster --cluster refusing',
      'ClusterContainsServicesException',
      'DeleteCluster',
      'The Cluster cannot be deleted while Services are active.',
    ],
    [
      'ecs update-service --cluster refusing --service absent',
      'ServiceNotFoundException',
      'UpdateService',
      'Service not found.',
    ],
  ] as const;

  it.each(refusals)('shows of "aws %s" the error as it shows AWS\'s: %s', async (command, code, operation, message) => {
    if (!isThere('refusing')) await existing('refusing', 1);
    expect(await aws.run(command)).toEqual({
      exitCode: 255,
      stdout: '',
      stderr: `\nAn error occurred (${code}) when calling the ${operation} operation: ${message}\n`,
    });
  });

  it('does so as a process of its own, too', async () => {
    const args = ['-m', 'awscli', 'ecs', 'list-services', '--cluster', 'absent'];
    const { exitCode, stdout, stderr } = await python(pythonTools(), args, region.env);
    expect({ exitCode, stdout }).toEqual({ exitCode: 255, stdout: '' });
    expect(stderr).toContain('An error occurred (ClusterNotFoundException) when calling the ListServices operation');
  });

  it('gives up waiting for a service that is not there', async () => {
    await existing('lonely');
    const { exitCode, stderr } = await aws.run('ecs wait services-stable --cluster lonely --services absent');
    expect(exitCode).toBe(255);
    expect(stderr).toContain('Waiter ServicesStable failed: Waiter encountered a terminal failure state');
    expect(stderr).toContain('"MISSING"');
  });

  /** A cluster and a task definition of that name and, with a count, a service that runs as many tasks. */
  async function existing(name: string, desiredCount?: number): Promise<void> {
    await ecs.send(new CreateClusterCommand({ clusterName: name }));

    const containerDefinitions = [{ name: 'app', image: 'nginx:1' }];
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: name,
        networkMode: 'awsvpc',
        cpu: '256',
        memory: '512',
        requiresCompatibilities: ['FARGATE'],
        containerDefinitions,
      }),
    );
    if (desiredCount === undefined) return;
    await createService(name, name, desiredCount);
    region.advance(hour / 6);
  }

  async function createService(cluster: string, serviceName: string, desiredCount: number): Promise<void> {
    const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } };
    const input = { cluster, serviceName, desiredCount, taskDefinition: cluster, networkConfiguration };
    await ecs.send(new CreateServiceCommand({ ...input, launchType: 'FARGATE' }));
  }

  function tasksOf(cluster: string): Promise<readonly string[]> {
    return aws.texts(`ecs list-tasks --cluster ${cluster} --query taskArns`);
  }

  function isThere(cluster: string): boolean {
    return region.inventory().clusters.some((arn) => arn.endsWith(`/${cluster}`));
  }
});

/** What a waiter prints when it is over. */
const silence = { exitCode: 0, stdout: '', stderr: '' };
