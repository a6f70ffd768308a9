import { describe, expect, it } from 'vitest';
import { memoryLimitBytes } from '../../../src/metrics/process.ts';
import { metricsOf } from './metrics-support.ts';

describe('the metrics of the process', () => {
  it.each([
    { ready: true, line: 'ecs_operator_ready 1' },
    { ready: false, line: 'ecs_operator_ready 0' },
  ])('tell what /readyz answered last: $line', async ({ ready, line }) => {
    expect((await metricsOf({ ready }).render()).split('\n')).toContain(line);
  });

  it('say nothing about readiness before anybody has asked', async () => {
    expect(await metricsOf({}).render()).not.toMatch(/^ecs_operator_ready /m);
  });

  it.each([
    { of: 'the container, if it has one', constrained: 512, total: 4_096, limit: 512 },
    { of: 'the machine without a control group', constrained: 0, total: 4_096, limit: 4_096 },
    { of: 'the machine, if the control group has none', constrained: 2 ** 64, total: 4_096, limit: 4_096 },
  ])('take the memory limit of $of', ({ constrained, total, limit }) => {
    expect(memoryLimitBytes(constrained, total)).toBe(limit);
  });
});
