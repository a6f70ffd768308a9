import { DeletePolicyCommand, DescribePoliciesCommand, PutScalingPolicyCommand } from '@aws-sdk/client-auto-scaling';
import { describe, expect, it } from 'vitest';
import { GROUP, startWithGroup } from './support.ts';

describe('scaling policies', () => {
  it('are kept with the alarms that belong to target tracking', async () => {
    const fixture = await startWithGroup({});
    const { scaling } = fixture;
    const policy = {
      ...GROUP,
      PolicyName: 'cpu',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingConfiguration: {
        TargetValue: 40,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' as const },
      },
    };
    const { PolicyARN, Alarms = [] } = await scaling.send(new PutScalingPolicyCommand(policy));
    expect(Alarms.map(({ AlarmName }) => AlarmName?.replace(/-[0-9a-f-]{36}$/, ''))).toEqual([
      'TargetTracking-g-AlarmHigh',
      'TargetTracking-g-AlarmLow',
    ]);
    const { ScalingPolicies = [] } = await scaling.send(new DescribePoliciesCommand(GROUP));
    expect(ScalingPolicies).toEqual([
      expect.objectContaining({
        PolicyARN,
        Alarms,
        Enabled: true,
        StepAdjustments: [],
        TargetTrackingConfiguration: { ...policy.TargetTrackingConfiguration, DisableScaleIn: false },
      }),
    ]);
    await scaling.send(new DeletePolicyCommand({ ...GROUP, PolicyName: 'cpu' }));
    expect((await scaling.send(new DescribePoliciesCommand(GROUP))).ScalingPolicies).toEqual([]);
  });
});
