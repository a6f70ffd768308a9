import { expect } from 'vitest';
import {
  awsvpc,
  createCluster,
  createService,
  ec2Definition,
  fargateDefinition,
  register,
  runTask,
} from '../builders.ts';
import { must, refused } from '../expect.ts';
import { type Row, row } from '../row.ts';

const app = { name: 'app', image: 'nginx' };

export const taskDefinitionAnswers: readonly Row[] = [
  row('TD-1', 'cpu comes back in units: `.25 vcpu` is 256', async (aws) => {
    expect((await register(aws, fargateDefinition(aws, { cpu: '.25 vcpu' }))).cpu).toBe('256');
  }),
  row('TD-2', 'memory comes back in MiB: `1 GB` is 1024', async (aws) => {
    expect((await register(aws, fargateDefinition(aws, { memory: '1 GB' }))).memory).toBe('1024');
  }),
  row('G4.13e', '16384 units with 122880 MiB is a Fargate size', async (aws) => {
    expect((await register(aws, fargateDefinition(aws, { cpu: '16384', memory: '122880' }))).status).toBe('ACTIVE');
  }),
  // go-to-k/cdk-real-drift#321, the recorded definition of BareTaskDef.
  row('FB.6', 'a container comes back with cpu 0 and essential, unless given', async (aws) => {
    const { container } = await register(aws, fargateDefinition(aws, { containerDefinitions: [app] }));
    expect(container).toMatchObject({ cpu: 0, essential: true });
  }),
  // go-to-k/cdkd#1169.
  row('FB.6b', 'a container comes back with empty lists where nothing was given', async (aws) => {
    const { container } = await register(aws, fargateDefinition(aws, { containerDefinitions: [app] }));
    expect(container).toMatchObject({
      portMappings: [],
      environment: [],
      mountPoints: [],
      volumesFrom: [],
      systemControls: [],
    });
  }),
  row('FB.6c', 'under awsvpc a host port comes back as the container port, with protocol tcp', async (aws) => {
    const { container } = await register(aws, fargateDefinition(aws));
    expect(container.portMappings).toEqual([{ containerPort: 80, hostPort: 80, protocol: 'tcp' }]);
  }),
  row('CD-04', 'under bridge a host port that was not given comes back as 0, which is a dynamic one', async (aws) => {
    const containerDefinitions = [{ ...app, memory: 128, portMappings: [{ containerPort: 80 }] }];
    const { container } = await register(aws, ec2Definition(aws, { networkMode: 'bridge', containerDefinitions }));
    expect(container.portMappings).toEqual([{ containerPort: 80, hostPort: 0, protocol: 'tcp' }]);
  }),
  // go-to-k/cdk-real-drift, its recorded definition TaskDef.envorder: the order is one of a hash.
  row('FB.6d', 'the environment comes back whole, but not in the order given', async (aws) => {
    const names = ['ZEBRA', 'ALPHA', 'MIKE', 'BRAVO', 'YANKEE', 'CHARLIE'];
    const environment = names.map((name) => ({ name, value: name }));
    const { container } = await register(
      aws,
      fargateDefinition(aws, { containerDefinitions: [{ ...app, environment }] }),
    );
    const read = must(container.environment).map(({ name }) => name);
    expect(read.toSorted()).toEqual(names.toSorted());
    expect(read).not.toEqual(names);
  }),
  row('FB.6e', 'capabilities come back with both lists', async (aws) => {
    const containerDefinitions = [{ ...app, memory: 128, linuxParameters: { capabilities: { add: ['NET_ADMIN'] } } }];
    const { container } = await register(aws, ec2Definition(aws, { containerDefinitions }));
    expect(container.linuxParameters?.capabilities).toEqual({ add: ['NET_ADMIN'], drop: [] });
  }),
  row('G4.20.5', 'a health check comes back with interval 30, timeout 5 and retries 3', async (aws) => {
    const containerDefinitions = [{ ...app, healthCheck: { command: ['CMD', 'true'] } }];
    const { container } = await register(aws, fargateDefinition(aws, { containerDefinitions }));
    expect(container.healthCheck).toEqual({ command: ['CMD', 'true'], interval: 30, timeout: 5, retries: 3 });
  }),
  row('LT-01', 'compatibilities tell where the definition could run', async (aws) => {
    expect((await register(aws, fargateDefinition(aws))).compatibilities).toEqual(
      expect.arrayContaining(['EC2', 'FARGATE']),
    );
    expect((await register(aws, ec2Definition(aws))).compatibilities).toEqual(
      expect.arrayContaining(['EC2', 'EXTERNAL']),
    );
  }),
  row('LT-01b', 'a bridge definition is not compatible with Fargate', async (aws) => {
    expect((await register(aws, ec2Definition(aws))).compatibilities).not.toContain('FARGATE');
  }),
  row('G4.20.1', 'a network mode that was not given is not made up in the answer', async (aws) => {
    expect((await register(aws, ec2Definition(aws))).networkMode).toBeUndefined();
  }),
  row('G4.20.9', 'volumes and placement constraints come back as empty lists', async (aws) => {
    expect(await register(aws, fargateDefinition(aws))).toMatchObject({ volumes: [], placementConstraints: [] });
  }),
  row('BND-01', 'a volume without a kind comes back as a bind mount without a path', async (aws) => {
    const { volumes } = await register(aws, ec2Definition(aws, { volumes: [{ name: 'scratch' }] }));
    expect(volumes).toEqual([{ name: 'scratch', host: {} }]);
  }),
  row('TDF-15', 'tags of a registration are in its answer', async (aws) => {
    const tags = [{ key: 'a', value: 'b' }];
    expect((await aws.ecs.registerTaskDefinition(fargateDefinition(aws, { tags }))).tags).toEqual(tags);
  }),
  row('TDL-17', 'a registration tells when and by whom', async (aws) => {
    const { registeredAt, registeredBy } = await register(aws, fargateDefinition(aws));
    expect(registeredAt).toBeInstanceOf(Date);
    expect(registeredBy).toMatch(/^arn:aws:(iam|sts)::\d{12}:/);
  }),
  row('SU-02', 'awsvpc needs a network configuration at create time', async (aws) => {
    await refused(
      createService(aws, { networkConfiguration: undefined }),
      'InvalidParameterException',
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    );
  }),
  row('G4.SV-16', 'a network configuration is not for other modes than awsvpc', async (aws) => {
    const { taskDefinitionArn } = await register(aws, ec2Definition(aws));
    await refused(
      createService(aws, { taskDefinition: taskDefinitionArn, launchType: 'EC2', networkConfiguration: awsvpc(aws) }),
      'InvalidParameterException',
      'Network Configuration is not valid for the given networkMode of this task definition.',
    );
  }),
  row('ST-05', 'Fargate runs no definition that is not compatible with it', async (aws) => {
    const { clusterName } = await createCluster(aws);
    const { taskDefinitionArn } = await register(aws, ec2Definition(aws, { networkMode: 'awsvpc' }));
    await refused(
      runTask(aws, { cluster: clusterName, taskDefinition: taskDefinitionArn }),
      'InvalidParameterException',
    );
  }),
];
