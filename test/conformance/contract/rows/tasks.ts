import { expect } from 'vitest';
import {
  awsvpc,
  createCluster,
  createService,
  describeTask,
  ec2Definition,
  fargateDefinition,
  register,
  runTask,
  tasksOf,
} from '../builders.ts';
import { must, only, reasonOf, refused } from '../expect.ts';
import { type Row, row } from '../row.ts';

export const tasks: readonly Row[] = [
  row('STM-05', 'a new Fargate task is PROVISIONING and wants to be RUNNING', async (aws) => {
    const { task } = await runTask(aws);
    expect(task).toMatchObject({ lastStatus: 'PROVISIONING', desiredStatus: 'RUNNING', launchType: 'FARGATE' });
  }),
  row('STM-05b', 'a Fargate task comes to RUNNING, with its times', async (aws) => {
    const { cluster, task } = await runTask(aws);
    await aws.settle();
    const running = await describeTask(aws, cluster, task.taskArn);
    expect(running).toMatchObject({ lastStatus: 'RUNNING', connectivity: 'CONNECTED' });
    expect(running.createdAt).toBeInstanceOf(Date);
    expect(running.startedAt).toBeInstanceOf(Date);
    expect(only(running.containers).lastStatus).toBe('RUNNING');
  }),
  row('NET-07d', 'security groups may be left out, also of a task', async (aws) => {
    const networkConfiguration = { awsvpcConfiguration: { subnets: [aws.subnets[0]] } };
    expect((await runTask(aws, { networkConfiguration })).task.desiredStatus).toBe('RUNNING');
  }),
  row('SIZE-05', 'with task memory a container needs none of its own', async (aws) => {
    const containerDefinitions = [{ name: 'app', image: 'nginx' }];
    const { taskDefinitionArn } = await register(aws, fargateDefinition(aws, { containerDefinitions }));
    expect((await runTask(aws, { taskDefinition: taskDefinitionArn })).task.memory).toBe('512');
  }),
  row('ARN-01b', 'a task ARN names its cluster', async (aws) => {
    const { cluster, task } = await runTask(aws);
    expect(task.taskArn).toMatch(new RegExp(`^arn:aws:ecs:${aws.region}:\\d{12}:task/${cluster}/`));
  }),
  row('ARN-02', 'a task id has 32 hexadecimal digits and no hyphens', async (aws) => {
    const { task } = await runTask(aws);
    expect(task.taskArn.split('/').at(-1)).toMatch(/^[0-9a-f]{32}$/);
  }),
  row('ARN-05c', 'a task can be named by its id', async (aws) => {
    const { cluster, task } = await runTask(aws);
    const id = must(task.taskArn.split('/').at(-1));
    expect((await describeTask(aws, cluster, id)).taskArn).toBe(task.taskArn);
  }),
  row('NET-12', 'a Fargate task shows its network interface as an attachment', async (aws) => {
    const { cluster, task } = await runTask(aws);
    await aws.settle();
    const attachment = only((await describeTask(aws, cluster, task.taskArn)).attachments);
    expect(attachment).toMatchObject({ type: 'ElasticNetworkInterface', status: 'ATTACHED' });
    expect(attachment.details).toContainEqual({ name: 'subnetId', value: aws.subnets[0] });
    expect(attachment.details?.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['networkInterfaceId', 'privateIPv4Address']),
    );
  }),
  row('SU-19h', 'a task shows the real platform version', async (aws) => {
    const { task } = await runTask(aws);
    expect(task).toMatchObject({ platformVersion: '1.4.0', platformFamily: 'Linux' });
  }),
  row('PL-18', 'the group of a standalone task is family:<family>', async (aws) => {
    const { family, taskDefinitionArn } = await register(aws, fargateDefinition(aws));
    const { task } = await runTask(aws, { taskDefinition: taskDefinitionArn });
    expect(task.group).toBe(`family:${family}`);
  }),
  row('PL-18b', "the group of a service's task is service:<name>, and startedBy its deployment", async (aws) => {
    const placed = await createService(aws);
    await aws.settle();
    const task = only(await tasksOf(aws, placed));
    expect(task.group).toBe(`service:${placed.serviceName}`);
    expect(task.startedBy).toBe(placed.created.deployments?.[0]?.id);
  }),
  row('ST-02', 'RunTask takes a group, startedBy and a count', async (aws) => {
    const { tasks: started } = await runTask(aws, { group: 'batch', startedBy: 'me', count: 3 });
    expect(started).toHaveLength(3);
    expect(started[0]).toMatchObject({ group: 'batch', startedBy: 'me' });
  }),
  row('G4.23b', 'RunTask starts at most 10 tasks', async (aws) => {
    await refused(runTask(aws, { count: 11 }), 'InvalidParameterException');
  }),
  row('LT-03', 'RunTask takes launch type or capacity provider strategy, not both', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws, { capacityProviders: ['FARGATE'] });
    await aws.settle();
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE', weight: 1 }];
    await refused(runTask(aws, { cluster, capacityProviderStrategy }), 'InvalidParameterException');
  }),
  row('CPS-13', 'a task shows the capacity provider that it runs on', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws, { capacityProviders: ['FARGATE_SPOT'] });
    await aws.settle();
    const { task } = await runTask(aws, {
      cluster,
      launchType: undefined,
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    });
    expect(task).toMatchObject({ capacityProviderName: 'FARGATE_SPOT', launchType: 'FARGATE' });
  }),
  row('SU-02b', 'RunTask with awsvpc needs a network configuration', async (aws) => {
    await refused(
      runTask(aws, { networkConfiguration: undefined }),
      'InvalidParameterException',
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    );
  }),
  row('G4.18c', 'RunTask on a cluster without container instances is refused', async (aws) => {
    const { taskDefinitionArn } = await register(aws, ec2Definition(aws));
    await refused(
      runTask(aws, { taskDefinition: taskDefinitionArn, launchType: 'EC2', networkConfiguration: undefined }),
      'InvalidParameterException',
      'No Container Instances were found in your cluster.',
    );
  }),
  row('API.RunTask', 'RunTask needs a task definition that exists', async (aws) => {
    await refused(runTask(aws, { taskDefinition: aws.name('nobody') }), 'ClientException', 'TaskDefinition not found.');
  }),
  row('API.RunTaskB', 'RunTask with the same client token starts nothing more', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws);
    const { taskDefinitionArn: taskDefinition } = await register(aws, fargateDefinition(aws));
    const clientToken = aws.name('token');
    const first = await runTask(aws, { cluster, taskDefinition, clientToken });
    const second = await runTask(aws, { cluster, taskDefinition, clientToken });
    expect(second.task.taskArn).toBe(first.task.taskArn);
    expect((await aws.ecs.listTasks({ cluster })).taskArns).toHaveLength(1);
  }),
  row('API.RunTaskC', 'the same client token with other parameters is a conflict', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws);
    const { taskDefinitionArn: taskDefinition } = await register(aws, fargateDefinition(aws));
    const clientToken = aws.name('token');
    await runTask(aws, { cluster, taskDefinition, clientToken });
    await refused(runTask(aws, { cluster, taskDefinition, clientToken, count: 2 }), 'ConflictException');
  }),
  row('ST-08', 'a task that a user stops tells so, with the reason given', async (aws) => {
    const { cluster, task } = await runTask(aws);
    await aws.settle();
    const stopping = await aws.ecs.stopTask({ cluster, task: task.taskArn, reason: 'lunch' });
    expect(stopping.task?.desiredStatus).toBe('STOPPED');
    await aws.settle();
    expect(await describeTask(aws, cluster, task.taskArn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'lunch',
    });
  }),
  row('ST-08b', 'without a reason it is `Task stopped by user`', async (aws) => {
    const { cluster, task } = await runTask(aws);
    await aws.ecs.stopTask({ cluster, task: task.taskArn });
    await aws.settle();
    expect((await describeTask(aws, cluster, task.taskArn)).stoppedReason).toBe('Task stopped by user');
  }),
  row('TL-01', 'a stopped task has its times, and containers that are STOPPED', async (aws) => {
    const { cluster, task } = await runTask(aws);
    await aws.settle();
    await aws.ecs.stopTask({ cluster, task: task.taskArn });
    await aws.settle();
    const stopped = await describeTask(aws, cluster, task.taskArn);
    expect(stopped.stoppingAt).toBeInstanceOf(Date);
    expect(stopped.stoppedAt).toBeInstanceOf(Date);
    expect(only(stopped.containers).lastStatus).toBe('STOPPED');
  }),
  row('G4.10.1', 'a stopped task can be described for an hour, then it is MISSING', async (aws) => {
    const { cluster, task } = await runTask(aws);
    await aws.ecs.stopTask({ cluster, task: task.taskArn });
    await aws.settle(1_800);
    expect((await describeTask(aws, cluster, task.taskArn)).lastStatus).toBe('STOPPED');
    await aws.settle(3_600);
    expect(reasonOf(await aws.ecs.describeTasks({ cluster, tasks: [task.taskArn] }))).toBe('MISSING');
  }),
  row('G4.18d', 'DescribeTasks answers a missing task with the failure MISSING', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws);
    const answer = await aws.ecs.describeTasks({ cluster, tasks: ['0123456789abcdef0123456789abcdef'] });
    expect(reasonOf(answer)).toBe('MISSING');
    expect(answer.tasks).toEqual([]);
  }),
  row('API.DescribeTasks', 'DescribeTasks needs at least one task', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws);
    await refused(aws.ecs.describeTasks({ cluster, tasks: [] }), 'InvalidParameterException', 'Tasks cannot be empty.');
  }),
  row('API.StopTask', 'a task that does not exist cannot be stopped', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws);
    await refused(
      aws.ecs.stopTask({ cluster, task: '0123456789abcdef0123456789abcdef' }),
      'InvalidParameterException',
      'The referenced task was not found.',
    );
  }),
  row('API.ListTasks', 'ListTasks shows only tasks that want to run, unless told otherwise', async (aws) => {
    const { cluster, task } = await runTask(aws);
    expect((await aws.ecs.listTasks({ cluster })).taskArns).toEqual([task.taskArn]);
    await aws.ecs.stopTask({ cluster, task: task.taskArn });
    await aws.settle();
    expect((await aws.ecs.listTasks({ cluster })).taskArns).toEqual([]);
    expect((await aws.ecs.listTasks({ cluster, desiredStatus: 'STOPPED' })).taskArns).toEqual([task.taskArn]);
  }),
  row('API.ListTasksB', 'ListTasks filters by family and startedBy', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws);
    const { family, taskDefinitionArn } = await register(aws, fargateDefinition(aws));
    const mine = await runTask(aws, { cluster, taskDefinition: taskDefinitionArn, startedBy: 'me' });
    await runTask(aws, { cluster });
    expect((await aws.ecs.listTasks({ cluster, family })).taskArns).toEqual([mine.task.taskArn]);
    expect((await aws.ecs.listTasks({ cluster, startedBy: 'me' })).taskArns).toEqual([mine.task.taskArn]);
  }),
  row('API.ListTasksC', 'ListTasks of a service that does not exist is refused', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws);
    await refused(aws.ecs.listTasks({ cluster, serviceName: 'nobody' }), 'ServiceNotFoundException');
  }),
  row('CD-03', 'a task ends when its essential container ends', async (aws) => {
    const { taskDefinitionArn } = await register(
      aws,
      fargateDefinition(aws, { containerDefinitions: [{ name: 'app', image: 'sim/exit:3', memory: 256 }] }),
    );
    const { cluster, task } = await runTask(aws, { taskDefinition: taskDefinitionArn });
    await aws.settle();
    const stopped = await describeTask(aws, cluster, task.taskArn);
    expect(stopped).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
    });
    expect(only(stopped.containers).exitCode).toBe(3);
  }),
  row('G4.10.2', 'an image that cannot be pulled stops the task with CannotPullContainerError', async (aws) => {
    const { taskDefinitionArn } = await register(
      aws,
      fargateDefinition(aws, { containerDefinitions: [{ name: 'app', image: 'sim/cannot-pull', memory: 256 }] }),
    );
    const { cluster, task } = await runTask(aws, { taskDefinition: taskDefinitionArn });
    await aws.settle();
    const stopped = await describeTask(aws, cluster, task.taskArn);
    expect(stopped).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
    expect(stopped.stoppedReason).toMatch(/^CannotPullContainerError: /);
  }),
  row('TP-01', 'a task of a service can be protected, for 120 minutes unless told otherwise', async (aws) => {
    const placed = await createService(aws);
    await aws.settle();
    const task = must(only(await tasksOf(aws, placed)).taskArn);
    const { protectedTasks } = await aws.ecs.updateTaskProtection({
      cluster: placed.cluster,
      tasks: [task],
      protectionEnabled: true,
    });
    expect(only(protectedTasks)).toMatchObject({ taskArn: task, protectionEnabled: true });
    expect(only(protectedTasks).expirationDate).toBeInstanceOf(Date);
  }),
  row('TP-01b', 'protection lasts between 1 and 2880 minutes', async (aws) => {
    const placed = await createService(aws);
    await aws.settle();
    const task = must(only(await tasksOf(aws, placed)).taskArn);
    const protect = (expiresInMinutes: number): Promise<unknown> =>
      aws.ecs.updateTaskProtection({
        cluster: placed.cluster,
        tasks: [task],
        protectionEnabled: true,
        expiresInMinutes,
      });
    await refused(protect(0), 'InvalidParameterException');
    await refused(protect(2_881), 'InvalidParameterException');
    await protect(2_880);
  }),
  row('TP-07', 'a task that is not protected has no expiration date', async (aws) => {
    const placed = await createService(aws);
    await aws.settle();
    const task = must(only(await tasksOf(aws, placed)).taskArn);
    const { protectedTasks } = await aws.ecs.getTaskProtection({ cluster: placed.cluster, tasks: [task] });
    expect(only(protectedTasks).protectionEnabled).toBe(false);
    expect(only(protectedTasks).expirationDate).toBeUndefined();
  }),
  row('TP-06', 'a standalone task cannot be protected: TASK_NOT_VALID', async (aws) => {
    const { cluster, task } = await runTask(aws);
    await aws.settle();
    const answer = await aws.ecs.updateTaskProtection({ cluster, tasks: [task.taskArn], protectionEnabled: true });
    expect(reasonOf(answer)).toBe('TASK_NOT_VALID');
  }),
  row('TP-04', 'a protected task survives scale-in', async (aws) => {
    const placed = await createService(aws, { desiredCount: 3 });
    await aws.settle();
    const task = must((await tasksOf(aws, placed))[2]?.taskArn);
    const { cluster, serviceName: service } = placed;
    await aws.ecs.updateTaskProtection({ cluster, tasks: [task], protectionEnabled: true });
    await aws.ecs.updateService({ cluster, service, desiredCount: 1 });
    await aws.settle();
    expect((await tasksOf(aws, placed)).map(({ taskArn }) => taskArn)).toEqual([task]);
  }),
  row('SD-02', 'StartTask needs a container instance that exists', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws);
    const { taskDefinitionArn: taskDefinition } = await register(aws, ec2Definition(aws));
    const containerInstances = ['0123456789abcdef0123456789abcdef'];
    expect(reasonOf(await aws.ecs.startTask({ cluster, taskDefinition, containerInstances }))).toBe('MISSING');
  }),
  row('ST-06', 'overrides of a task are read back', async (aws) => {
    const containerOverrides = [{ name: 'app', command: ['true'], environment: [{ name: 'A', value: 'b' }] }];
    const { task } = await runTask(aws, { overrides: { containerOverrides }, networkConfiguration: awsvpc(aws) });
    expect(task.overrides).toMatchObject({ containerOverrides, inferenceAcceleratorOverrides: [] });
  }),
  row('ST-06b', 'an override must name a container of the definition', async (aws) => {
    const overrides = { containerOverrides: [{ name: 'nobody', command: ['true'] }] };
    await refused(
      runTask(aws, { overrides }),
      'InvalidParameterException',
      'Override for container named nobody is not a container in the TaskDefinition.',
    );
  }),
];
