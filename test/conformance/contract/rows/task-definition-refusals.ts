import type { RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs';
import type { Aws } from '../aws.ts';
import { ec2Definition, fargateDefinition } from '../builders.ts';
import { refused } from '../expect.ts';
import { type Row, row } from '../row.ts';

const app = { name: 'app', image: 'nginx' };

/** AWS has both: the second for what its model can tell, such as a value that is not in an enumeration. */
const REFUSAL = 'ClientException|InvalidParameterException';

type Input = Partial<RegisterTaskDefinitionCommandInput>;

/** A row of a Fargate definition that is refused with ClientException. */
function fargateRefuses(id: string, belief: string, input: Input, text?: string | RegExp): Row {
  const run = (aws: Aws): Promise<void> =>
    refused(aws.ecs.registerTaskDefinition(fargateDefinition(aws, input)), REFUSAL, text);
  return row(id, belief, run);
}

/** The same on container instances. */
function ec2Refuses(id: string, belief: string, input: Input, text?: string | RegExp): Row {
  const run = (aws: Aws): Promise<void> =>
    refused(aws.ecs.registerTaskDefinition(ec2Definition(aws, input)), REFUSAL, text);
  return row(id, belief, run);
}

export const taskDefinitionRefusals: readonly Row[] = [
  ec2Refuses('TDF-01', 'a family has letters, digits, hyphens and underscores', { family: 'not a family' }),
  ec2Refuses('TDF-02', 'there is at least one container', { containerDefinitions: [] }),
  ec2Refuses('TD-24', 'at least one container is essential', {
    containerDefinitions: [{ ...app, memory: 128, essential: false }],
  }),
  ec2Refuses(
    'TD-20',
    'without task memory each container needs memory or memoryReservation',
    { containerDefinitions: [app] },
    "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.",
  ),
  ec2Refuses('TD-21', 'memory is not below memoryReservation', {
    containerDefinitions: [{ ...app, memory: 128, memoryReservation: 256 }],
  }),
  ec2Refuses('SIZE-04', 'a container has at least 6 MiB (4 with old Docker)', {
    containerDefinitions: [{ ...app, memory: 2 }],
  }),
  ec2Refuses(
    'CD-01',
    'a container has a name',
    { containerDefinitions: [{ image: 'nginx', memory: 128 }] },
    /[Nn]ame should not be null or empty/,
  ),
  ec2Refuses(
    'CD-01b',
    'a container has an image',
    { containerDefinitions: [{ name: 'app', memory: 128 }] },
    /image should not be null or empty/,
  ),
  ec2Refuses('CD-01c', 'container names are unique', {
    containerDefinitions: [
      { ...app, memory: 128 },
      { ...app, memory: 128 },
    ],
  }),
  ec2Refuses('G4.23', 'a task definition has at most 10 containers', {
    containerDefinitions: Array.from({ length: 11 }, (_, index) => ({ name: `c${index}`, image: 'x', memory: 16 })),
  }),
  ec2Refuses('CD-22', 'dependsOn names a container of the definition', {
    containerDefinitions: [{ ...app, memory: 128, dependsOn: [{ containerName: 'nobody', condition: 'START' }] }],
  }),
  ec2Refuses('TD-41', 'dependsOn HEALTHY needs a health check on its target', {
    containerDefinitions: [
      { ...app, memory: 128, dependsOn: [{ containerName: 'db', condition: 'HEALTHY' }] },
      { name: 'db', image: 'db', memory: 128 },
    ],
  }),
  ec2Refuses('TD-40', 'dependsOn COMPLETE or SUCCESS does not target an essential container', {
    containerDefinitions: [
      { ...app, memory: 128, dependsOn: [{ containerName: 'init', condition: 'SUCCESS' }] },
      { name: 'init', image: 'init', memory: 128, essential: true },
    ],
  }),
  ec2Refuses('TD-47', 'dependsOn has no cycle', {
    containerDefinitions: [
      { name: 'a', image: 'x', memory: 128, dependsOn: [{ containerName: 'b', condition: 'START' }] },
      { name: 'b', image: 'x', memory: 128, dependsOn: [{ containerName: 'a', condition: 'START' }] },
    ],
  }),
  ec2Refuses('CD-25', 'a mount point names a volume of the definition', {
    containerDefinitions: [{ ...app, memory: 128, mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }] }],
  }),
  ec2Refuses('TRAP-01', 'volume names are case-sensitive', {
    containerDefinitions: [{ ...app, memory: 128, mountPoints: [{ sourceVolume: 'myEbs', containerPath: '/data' }] }],
    volumes: [{ name: 'myEBS' }],
  }),
  ec2Refuses('TD-10', 'network mode none takes no port mappings', {
    networkMode: 'none',
    containerDefinitions: [{ ...app, memory: 128, portMappings: [{ containerPort: 80 }] }],
  }),
  ec2Refuses(
    'TD-11',
    'under host the host port is the container port',
    {
      networkMode: 'host',
      containerDefinitions: [{ ...app, memory: 128, portMappings: [{ containerPort: 80, hostPort: 8080 }] }],
    },
    'When networkMode=host, the host ports and container ports in port mappings must match.',
  ),
  ec2Refuses(
    'TD-12',
    'under awsvpc the host port is the container port',
    {
      networkMode: 'awsvpc',
      containerDefinitions: [{ ...app, memory: 128, portMappings: [{ containerPort: 80, hostPort: 8080 }] }],
    },
    'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
  ),
  ec2Refuses('TD-15', 'links are not for awsvpc', {
    networkMode: 'awsvpc',
    containerDefinitions: [
      { ...app, memory: 128, links: ['db'] },
      { name: 'db', image: 'db', memory: 128 },
    ],
  }),
  ec2Refuses('TDL-12', 'requiresCompatibilities has only EC2, FARGATE, EXTERNAL and MANAGED_INSTANCES', {
    // The wrong value is the point of the row.
    requiresCompatibilities: ['LAMBDA' as 'EC2'],
  }),
  ec2Refuses('PL-11', 'distinctInstance is no placement constraint of a task definition', {
    placementConstraints: [{ type: 'distinctInstance' as 'memberOf' }],
  }),
  ec2Refuses('VOL-30', 'an EFS access point needs transit encryption', {
    volumes: [
      {
        name: 'efs',
        efsVolumeConfiguration: { fileSystemId: 'fs-1', authorizationConfig: { accessPointId: 'fsap-1' } },
      },
    ],
  }),
  fargateRefuses(
    'TD-13',
    'Fargate takes only awsvpc',
    { networkMode: 'bridge' },
    'Fargate only supports network mode ‘awsvpc’.',
  ),
  fargateRefuses(
    'TD-3',
    'Fargate needs cpu',
    { cpu: undefined },
    "Fargate requires that 'cpu' be defined at the task level.",
  ),
  fargateRefuses(
    'TD-3b',
    'Fargate needs memory',
    { memory: undefined },
    "Fargate requires that 'memory' be defined at the task level.",
  ),
  fargateRefuses(
    'G4.13',
    '256 units with 1536 MiB is no Fargate size',
    { cpu: '256', memory: '1536' },
    /^No Fargate configuration exists for given values/,
  ),
  fargateRefuses(
    'G4.13b',
    '512 units with 512 MiB is no Fargate size',
    { cpu: '512', memory: '512' },
    /^No Fargate configuration exists for given values/,
  ),
  fargateRefuses(
    'G4.13c',
    '1024 units with 9216 MiB is no Fargate size',
    { cpu: '1024', memory: '9216' },
    /^No Fargate configuration exists for given values/,
  ),
  fargateRefuses(
    'G4.13d',
    '8192 units with 18432 MiB is no Fargate size',
    { cpu: '8192', memory: '18432' },
    /^No Fargate configuration exists for given values/,
  ),
  fargateRefuses('FG-01', 'Fargate takes no privileged container', {
    containerDefinitions: [{ ...app, privileged: true }],
  }),
  fargateRefuses('FG-01b', 'a definition for Fargate has no placement constraints', {
    placementConstraints: [{ type: 'memberOf', expression: 'attribute:ecs.os-type == linux' }],
  }),
  fargateRefuses('FG-02', 'Fargate adds no capability but SYS_PTRACE', {
    containerDefinitions: [{ ...app, linuxParameters: { capabilities: { add: ['NET_ADMIN'] } } }],
  }),
  fargateRefuses('FG-03', 'Fargate takes no volume on a path of the host', {
    volumes: [{ name: 'data', host: { sourcePath: '/data' } }],
  }),
  fargateRefuses('FG-05', 'Fargate has the log drivers awslogs, splunk and awsfirelens', {
    containerDefinitions: [{ ...app, logConfiguration: { logDriver: 'json-file' } }],
  }),
  fargateRefuses('EPH-01', 'ephemeral storage is between 21 and 200 GiB', { ephemeralStorage: { sizeInGiB: 20 } }),
  fargateRefuses('SEC-08', 'secrets need an execution role', {
    containerDefinitions: [
      { ...app, secrets: [{ name: 'A', valueFrom: 'arn:aws:ssm:us-east-1:111122223333:parameter/a' }] },
    ],
  }),
  fargateRefuses(
    'TDF-09',
    'Fargate needs an execution role for awslogs',
    {
      containerDefinitions: [
        {
          ...app,
          logConfiguration: {
            logDriver: 'awslogs',
            options: { 'awslogs-group': 'a', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'b' },
          },
        },
      ],
    },
    'Fargate requires task definition to have execution role ARN to support log driver awslogs.',
  ),
  fargateRefuses(
    'TDF-09b',
    'Fargate needs an execution role for images of a private ECR repository',
    { containerDefinitions: [{ ...app, image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1' }] },
    'Fargate requires task definition to have execution role ARN to support ECR images.',
  ),
  fargateRefuses('LOG-11', 'awsfirelens needs a router in the definition', {
    containerDefinitions: [{ ...app, logConfiguration: { logDriver: 'awsfirelens' } }],
  }),
];
