import type { CreateAutoScalingGroupType } from '@aws-sdk/client-auto-scaling';
import type { RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { camelCase, lowerFirst, pascalCase } from '../../../../src/kinds/shared/camel-case.ts';

describe('a name of Auto Scaling or EC2', () => {
  test.each([
    ['MinSize', 'minSize'],
    ['VPCZoneIdentifier', 'vpcZoneIdentifier'],
    ['ARN', 'aRN'],
    ['VCpuCount', 'vCpuCount'],
    ['EbsOptimized', 'ebsOptimized'],
    ['value', 'value'],
  ])('%s is %s in a spec', (aws, spec) => {
    expect(lowerFirst(aws)).toBe(spec);
    expect(camelCase({ [aws]: 1 })).toEqual({ [spec]: 1 });
  });
});

describe('what a spec says', () => {
  test('is what the SDK takes, through lists and structures, values as they are', () => {
    const data = pascalCase<RequestLaunchTemplateData>({
      instanceType: 'm5.large',
      networkInterfaces: [{ deviceIndex: 0, groups: ['sg-1'], ipv6Addresses: [{ ipv6Address: '::1' }] }],
      tagSpecifications: [{ resourceType: 'instance', tags: [{ key: 'minSize', value: 'aValue' }] }],
      instanceRequirements: { vCpuCount: { min: 1 }, memoryMiB: { min: 1024 } },
    });
    expect(data).toEqual({
      InstanceType: 'm5.large',
      NetworkInterfaces: [{ DeviceIndex: 0, Groups: ['sg-1'], Ipv6Addresses: [{ Ipv6Address: '::1' }] }],
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'minSize', Value: 'aValue' }] }],
      InstanceRequirements: { VCpuCount: { Min: 1 }, MemoryMiB: { Min: 1024 } },
    });
    expect(
      pascalCase<Pick<CreateAutoScalingGroupType, 'VPCZoneIdentifier'>>({ vpcZoneIdentifier: 'subnet-1' }),
    ).toEqual({
      VPCZoneIdentifier: 'subnet-1',
    });
  });

  test('has times as text, which the SDK does not take', () => {
    const spec = { spotOptions: { validUntil: '2027-01-01T00:00:00.000Z' } };
    const sdk = { SpotOptions: { ValidUntil: new Date('2027-01-01T00:00:00Z') } };
    expect(pascalCase(spec)).toEqual(sdk);
    expect(camelCase(sdk)).toEqual(spec);
  });
});

test('there and back again nothing has changed', () => {
  const name = fc.string({ unit: fc.constantFrom('A', 'b', 'C', 'p', 'P', 'v', 'V') }).map((rest) => `M${rest}`);
  const { structure } = fc.letrec<{ structure: unknown; value: unknown }>((tie) => ({
    structure: fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.array(tie('structure')),
      tie('structure'),
    ),
  }));
  fc.assert(
    fc.property(structure, (sdk) => {
      expect(pascalCase(camelCase(sdk))).toEqual(sdk);
    }),
  );
});
