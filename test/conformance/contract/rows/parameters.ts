import { expect } from 'vitest';
import { must, only, refused } from '../expect.ts';
import { type Row, row } from '../row.ts';

const LINUX = '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended';
const WINDOWS = '/aws/service/ami-windows-latest/Windows_Server-2022-English-Core-ECS_Optimized';

export const parameters: readonly Row[] = [
  row('INS-04', 'the recommended image is named by a public parameter, which belongs to no account', async (aws) => {
    const { Parameter } = await aws.ssm.getParameter({ Name: `${LINUX}/image_id` });
    expect(Parameter).toMatchObject({ Name: `${LINUX}/image_id`, Type: 'String' });
    expect(Parameter?.Value).toMatch(/^ami-[0-9a-f]{17}$/);
    expect(Parameter?.ARN).toBe(`arn:aws:ssm:${aws.region}::parameter${LINUX}/image_id`);
  }),
  row('INS-05', 'without a member the parameter is all of them as JSON', async (aws) => {
    const { Parameters } = await aws.ssm.getParameters({ Names: [LINUX] });
    const { Parameters: images } = await aws.ssm.getParameters({ Names: [`${LINUX}/image_id`] });
    expect(JSON.parse(must(only(Parameters).Value))).toMatchObject({
      schema_version: 1,
      image_id: only(images).Value,
      os: expect.stringMatching(/^Amazon Linux 2023/),
      ecs_agent_version: expect.any(String),
      ecs_runtime_version: expect.any(String),
    });
  }),
  row('INS-09', 'the newest image of Bottlerocket is named by variant and architecture', async (aws) => {
    const name = (architecture: string): string =>
      `/aws/service/bottlerocket/aws-ecs-2/${architecture}/latest/image_id`;
    const { Parameters } = await aws.ssm.getParameters({ Names: [name('x86_64'), name('arm64')] });
    expect(new Set(Parameters?.map(({ Value }) => Value)).size).toBe(2);
  }),
  row('WA-03', 'an image of Windows is named by a public parameter', async (aws) => {
    const { Parameters } = await aws.ssm.getParameters({ Names: [`${WINDOWS}/image_id`] });
    expect(only(Parameters).Value).toMatch(/^ami-/);
  }),
  row('WA-06', 'a parameter that does not exist is named, and no error', async (aws) => {
    const answer = await aws.ssm.getParameters({ Names: [`${LINUX}/coffee`, `${LINUX}/image_id`] });
    expect(answer.InvalidParameters).toEqual([`${LINUX}/coffee`]);
    expect(only(answer.Parameters).Name).toBe(`${LINUX}/image_id`);
  }),
  row('API.GetParameters', 'ten parameters are the most at once', async (aws) => {
    const Names = Array.from({ length: 11 }, (_, index) => `/nobody/${index}`);
    await refused(aws.ssm.getParameters({ Names }), 'ValidationException');
  }),
  row('API.GetParameter', 'one that does not exist is an error where only one is asked for', async (aws) => {
    await refused(aws.ssm.getParameter({ Name: `${LINUX}/coffee` }), 'ParameterNotFound');
  }),
];
