import { expect, it } from 'vitest';
import { instanceType, instanceTypes } from '../../../../sandbox/region/ec2/instance-types.ts';

/** As `size=without/with` in the guide's table (section 9 of part 2). */
it.each([
  ['c5.large', 2, 10],
  ['c5.9xlarge', 7, 60],
  ['m5.16xlarge', 14, 120],
  ['m5a.8xlarge', 7, 60],
  ['c6g.medium', 1, 4],
  ['m7g.12xlarge', 7, 60],
  ['m6i.8xlarge', 7, 90],
  ['r6i.12xlarge', 7, 120],
  ['m7i.24xlarge', 14, 120],
  ['r5.4xlarge', 7, 60],
  ['g5.2xlarge', 3, 19],
  ['p4d.24xlarge', 59, 120],
])('TR-11: %s runs %i awsvpc tasks without trunking and %i with it', (name, without, trunked) => {
  const type = instanceType(name);
  expect([(type?.interfaces ?? 0) - 1, type?.trunkedTasks]).toEqual([without, trunked]);
});

it.each(['c5a.8xlarge', 'r5.8xlarge', 'g4dn.xlarge', 't3.large'])('TR-12: %s has no trunking', (name) => {
  expect(instanceType(name)?.trunkedTasks).toBeUndefined();
});

it('a name stands for one type', () => {
  expect(new Set(instanceTypes().map(({ name }) => name)).size).toBe(instanceTypes().length);
});
