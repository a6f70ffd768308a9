import { DescribeImagesCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import {
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  paginateGetParametersByPath,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connection, type RegionOptions } from '../../../../sandbox/region/index.ts';
import { type Ec2Fixture, startEc2 } from '../ec2/support.ts';
import { expectError } from '../support.ts';

const LINUX = '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended';
const WINDOWS = '/aws/service/ami-windows-latest/Windows_Server-2022-English-Core-ECS_Optimized';
const NEW = 'ami-0123456789abcdef0';

async function startSsm(options?: RegionOptions): Promise<Ec2Fixture & { readonly ssm: SSMClient }> {
  const fixture = await startEc2(options);
  const ssm = new SSMClient(connection(fixture.region));
  onTestFinished(() => ssm.destroy());
  return { ...fixture, ssm };
}

async function read(ssm: SSMClient, name: string): Promise<string | undefined> {
  return (await ssm.send(new GetParameterCommand({ Name: name }))).Parameter?.Value;
}

const PARAMETERS = [
  '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
  '/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id',
  '/aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id',
  '/aws/service/ecs/optimized-ami/amazon-linux-2023/neuron/recommended/image_id',
  '/aws/service/ecs/optimized-ami/amazon-linux-2/recommended/image_id',
  '/aws/service/ecs/optimized-ami/amazon-linux-2/arm64/recommended/image_id',
  '/aws/service/ecs/optimized-ami/amazon-linux-2/gpu/recommended/image_id',
  '/aws/service/ecs/optimized-ami/amazon-linux-2/inf/recommended/image_id',
  '/aws/service/ecs/optimized-ami/amazon-linux-2/kernel-5.10/recommended/image_id',
  '/aws/service/ecs/optimized-ami/amazon-linux-2/kernel-5.10/arm64/recommended/image_id',
  ...['aws-ecs-1', 'aws-ecs-1-nvidia', 'aws-ecs-2', 'aws-ecs-2-nvidia'].flatMap((variant) => [
    `/aws/service/bottlerocket/${variant}/x86_64/latest/image_id`,
    `/aws/service/bottlerocket/${variant}/arm64/latest/image_id`,
  ]),
  ...['2022-English-Core', '2022-English-Full', '2019-English-Core', '2019-English-Full', '2016-English-Full'].map(
    (edition) => `/aws/service/ami-windows-latest/Windows_Server-${edition}-ECS_Optimized/image_id`,
  ),
];

describe('public parameters', () => {
  it('name the image of every variant (INS-04, INS-09, WA-03), and EC2 knows it', async () => {
    const { ssm, ec2 } = await startSsm();
    const values = await Promise.all(PARAMETERS.map((name) => read(ssm, name)));
    expect(new Set(values).size).toBe(PARAMETERS.length);
    const ImageIds = values.flatMap((value) => value ?? []);
    expect((await ec2.send(new DescribeImagesCommand({ ImageIds }))).Images).toHaveLength(PARAMETERS.length);
  });

  it('describe a Linux image as JSON and by each member (INS-05)', async () => {
    const { ssm } = await startSsm();
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: LINUX }));
    expect(Parameter).toMatchObject({
      Name: LINUX,
      Type: 'String',
      Version: 2,
      ARN: `arn:aws:ssm:eu-central-1::parameter${LINUX}`,
      DataType: 'text',
    });
    expect(Parameter?.LastModifiedDate).toBeInstanceOf(Date);
    const members: Readonly<Record<string, unknown>> = JSON.parse(Parameter?.Value ?? '');
    expect(Object.keys(members).sort()).toEqual([
      'ecs_agent_version',
      'ecs_runtime_version',
      'image_id',
      'image_name',
      'image_version',
      'os',
      'schema_version',
      'source_image_name',
    ]);
    for (const [member, value] of Object.entries(members)) {
      expect(await read(ssm, `${LINUX}/${member}`)).toBe(String(value));
    }
  });

  it('describe a Windows image as JSON (WA-06)', async () => {
    const { ssm } = await startSsm();
    expect(JSON.parse((await read(ssm, WINDOWS)) ?? '')).toMatchObject({
      image_name: 'Windows_Server-2022-English-Core-ECS_Optimized-2026.01.01',
      image_id: await read(ssm, `${WINDOWS}/image_id`),
      ecs_runtime_version: expect.any(String),
      ecs_agent_version: expect.any(String),
    });
  });

  it('keep older images under their names and versions', async () => {
    const { ssm } = await startSsm();
    const older = 'al2023-ami-ecs-hvm-2023.0.20260101-kernel-6.1-x86_64-ebs';
    const directory = LINUX.replace('/recommended', '');
    expect(await read(ssm, `${directory}/${older}/image_id`)).toBe('ami-0ec5a1000000000a1');
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: `${LINUX}/image_id:1` }));
    expect(Parameter).toMatchObject({ Name: `${LINUX}/image_id`, Selector: ':1', Value: 'ami-0ec5a1000000000a1' });
  });

  it('are found by their ARN', async () => {
    const { ssm } = await startSsm();
    expect(await read(ssm, `arn:aws:ssm:eu-central-1::parameter${LINUX}/image_id`)).toBe('ami-0ec5a1000000000a2');
  });
});

describe('GetParameter', () => {
  it('refuses what does not exist', async () => {
    const { ssm } = await startSsm();
    await expectError(read(ssm, '/aws/service/ecs/optimized-ami/coffee'), 'ParameterNotFound');
    await expectError(read(ssm, `${LINUX}:9`), 'ParameterVersionNotFound');
  });
});

describe('GetParameters', () => {
  it('names what does not exist, and refuses more than ten', async () => {
    const { ssm } = await startSsm();
    const Names = ['/nothing', `${LINUX}/image_id`];
    const answer = await ssm.send(new GetParametersCommand({ Names }));
    expect(answer).toMatchObject({ Parameters: [{ Name: `${LINUX}/image_id` }], InvalidParameters: ['/nothing'] });
    const many = new GetParametersCommand({ Names: PARAMETERS.slice(0, 11) });
    await expectError(ssm.send(many), 'ValidationException', /at 'names'.*less than or equal to 10$/);
    await expectError(ssm.send(new GetParametersCommand({ Names: [] })), 'ValidationException');
  });
});

describe('GetParametersByPath', () => {
  it('lists one level, or all below, in pages', async () => {
    const { ssm } = await startSsm();
    const { Parameters = [] } = await ssm.send(new GetParametersByPathCommand({ Path: LINUX }));
    expect(Parameters.map(({ Name }) => Name)).toContain(`${LINUX}/image_id`);
    const pages = paginateGetParametersByPath({ client: ssm }, { Path: '/aws/service/bottlerocket', Recursive: true });
    const names: (string | undefined)[] = [];
    for await (const page of pages) names.push(...(page.Parameters ?? []).map(({ Name }) => Name));
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(PARAMETERS.filter((name) => name.includes('bottlerocket'))));
  });

  it('refuses a path without a slash, a wrong token and too large a page', async () => {
    const { ssm } = await startSsm();
    const list = (input: object) => ssm.send(new GetParametersByPathCommand({ Path: LINUX, ...input }));
    await expectError(list({ Path: 'aws' }), 'ValidationException', /forward slash/);
    await expectError(list({ NextToken: 'x' }), 'InvalidNextToken');
    await expectError(list({ MaxResults: 11 }), 'ValidationException', /maxResults/);
  });
});

describe('a new recommended image', () => {
  it('is named by the parameter, launched by resolve:ssm and described by EC2', async () => {
    const { region, ssm, ec2 } = await startSsm();
    expect(region.publishImage(`${LINUX}/image_id`, NEW)).toBe(true);
    expect(await read(ssm, `${LINUX}/image_id`)).toBe(NEW);
    expect(await read(ssm, LINUX)).toContain(NEW);
    const run = new RunInstancesCommand({ ImageId: `resolve:ssm:${LINUX}/image_id`, MinCount: 1, MaxCount: 1 });
    expect((await ec2.send(run)).Instances).toMatchObject([{ ImageId: NEW }]);
    const { Images } = await ec2.send(new DescribeImagesCommand({ ImageIds: [NEW] }));
    expect(Images).toMatchObject([{ Architecture: 'x86_64', Name: expect.stringMatching(/^al2023-ami-ecs-hvm-/) }]);
  });

  it('is not seen in the past, and not in another region', async () => {
    const { region, ssm } = await startSsm();
    const past = region.snapshot();
    region.publishImage(LINUX, NEW);
    region.faults.add({ fault: { kind: 'stale', past }, times: 0 });
    expect(await read(ssm, `${LINUX}/image_id`)).toBe('ami-0ec5a1000000000a2');
    const other = new SSMClient(connection(region, { region: 'us-east-1' }));
    onTestFinished(() => other.destroy());
    region.faults.clear();
    expect(await read(other, `${LINUX}/image_id`)).toBe('ami-0ec5a1000000000a2');
  });

  it('can be published from another process, under a parameter that there is', async () => {
    const { region, ssm } = await startSsm();
    const post = async (body: object): Promise<number> =>
      (await fetch(`${region.endpoint}/_region/images`, { method: 'POST', body: JSON.stringify(body) })).status;
    expect(await post({ parameter: `${LINUX}/image_id`, imageId: NEW })).toBe(200);
    expect(await read(ssm, `${LINUX}/image_id`)).toBe(NEW);
    expect(await post({ parameter: '/aws/service/coffee', imageId: NEW })).toBe(400);
    expect(await post({ parameter: LINUX, imageId: 'coffee' })).toBe(400);
    expect(await post({ imageId: NEW })).toBe(400);
  });
});

it('an image that no parameter names cannot be launched by resolve:ssm', async () => {
  const { ec2 } = await startSsm();
  const run = new RunInstancesCommand({ ImageId: `resolve:ssm:${LINUX}`, MinCount: 1, MaxCount: 1 });
  await expectError(ec2.send(run), 'InvalidParameterValue', /could not be resolved/);
});

it('forty requests a second are let through with AWS’s rates', async () => {
  const { ssm } = await startSsm({ speed: 0, rates: 'published' });
  const calls = Array.from({ length: 41 }, () => read(ssm, LINUX));
  const refused = (await Promise.allSettled(calls)).filter(({ status }) => status === 'rejected');
  expect(refused).toMatchObject([{ reason: { name: 'ThrottlingException' } }]);
});
