import { expect, test } from 'vitest';
import { OperatorError } from '../../../../src/errors.ts';
import { statusIncomplete, unlessDenied } from '../../../../src/kinds/shared/status-reads.ts';

const refused = (action: string) =>
  Promise.reject(new OperatorError('terminal', 'AccessDenied', `Not authorized to perform: ${action}.`));

test('what was answered is the answer', async () => {
  const denied = new Set<string>();
  expect(await unlessDenied(Promise.resolve([1]), denied)).toEqual([1]);
  expect(statusIncomplete(denied)).toEqual([]);
});

test('what may not be read is left out, and said once and in one order', async () => {
  const denied = new Set<string>();
  for (const action of ['ecs:ListTasks', 'ec2:DescribeInstanceTypes', 'ecs:ListTasks']) {
    expect(await unlessDenied(refused(action), denied)).toBeUndefined();
  }
  expect(statusIncomplete(denied)).toEqual([
    {
      type: 'StatusIncomplete',
      reason: 'AccessDenied',
      message:
        'The status leaves out what the operator may not read. Not authorized to perform: ec2:DescribeInstanceTypes. Not authorized to perform: ecs:ListTasks.',
    },
  ]);
});

test('any other failure is one of the pass', async () => {
  const throttled = new OperatorError('throttled', 'Throttled', 'Rate exceeded.');
  await expect(unlessDenied(Promise.reject(throttled), new Set())).rejects.toBe(throttled);
});
