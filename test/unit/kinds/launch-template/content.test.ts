import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LaunchTemplateSpec, ResolvedImage } from '../../../../src/kinds/launch-template/api.ts';
import { contentOf, markedHash } from '../../../../src/kinds/launch-template/data.ts';
import { arns, desired, region } from '../../../support/builders.ts';
import { launchTemplate, smallTemplate } from '../../../support/builders-launch-template.ts';

const image: ResolvedImage = { imageId: 'ami-2', parameter: '/x', resolvedAt: '2026-01-03T00:00:00Z' };
const content = (spec: LaunchTemplateSpec, resolved?: ResolvedImage) =>
  contentOf(desired(launchTemplate('web', spec)), resolved);
const hash = (spec: LaunchTemplateSpec) => content(spec).hash;
const userData = (spec: LaunchTemplateSpec, ...references: Parameters<typeof desired>[1][]) => {
  const { data } = contentOf(desired(launchTemplate('web', spec), ...references), undefined);
  return Buffer.from(data.UserData ?? '', 'base64').toString('utf8');
};

describe('the data of a version', () => {
  test('is what the user wrote, in the names of the SDK', () => {
    const spec: LaunchTemplateSpec = {
      launchTemplateData: {
        instanceType: 'm5.large',
        iamInstanceProfile: { name: 'ecsInstanceRole' },
        blockDeviceMappings: [{ deviceName: '/dev/xvda', ebs: { volumeSize: 50, encrypted: true } }],
        instanceMarketOptions: { marketType: 'spot', spotOptions: { validUntil: '2027-01-01T00:00:00.000Z' } },
        tagSpecifications: [{ resourceType: 'instance', tags: [{ key: 'team', value: 'x' }] }],
        userData: 'aGVsbG8=',
      },
    };
    expect(content(spec).data).toEqual({
      InstanceType: 'm5.large',
      IamInstanceProfile: { Name: 'ecsInstanceRole' },
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 50, Encrypted: true } }],
      InstanceMarketOptions: { MarketType: 'spot', SpotOptions: { ValidUntil: new Date('2027-01-01T00:00:00Z') } },
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'team', Value: 'x' }] }],
      UserData: 'aGVsbG8=',
    });
  });

  test('has the image that the selector resolved to', () => {
    const spec: LaunchTemplateSpec = { launchTemplateData: {}, imageSelector: { family: 'Bottlerocket' } };
    expect(content(spec, image).data).toEqual({ ImageId: 'ami-2' });
  });

  test.each([
    ['a name', 'prod'],
    ['an ARN', arns.cluster('prod')],
  ])('joins the cluster that spec.ecs names by %s', (_what, cluster) => {
    expect(userData({ ...smallTemplate, ecs: { cluster } })).toContain('ECS_CLUSTER=prod\n');
  });

  test('joins the cluster that spec.ecs refers to', () => {
    const identity = { arn: arns.cluster('real-name'), name: 'real-name', region };
    const spec: LaunchTemplateSpec = { ...smallTemplate, ecs: { clusterRef: { name: 'prod' }, bottlerocket: {} } };
    expect(userData(spec, { 'spec.ecs.clusterRef': identity })).toBe('[settings.ecs]\ncluster = "real-name"\n');
  });
});

describe('the hash of a content', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, member]) => [key, shuffled(member)]),
    );
  };

  test('is equal whatever the order of keys, and with members that are undefined', () => {
    fc.assert(
      fc.property(
        fc.record(
          {
            instanceType: fc.string(),
            keyName: fc.string(),
            metadataOptions: fc.record({ httpTokens: fc.constant('required' as const) }, { requiredKeys: [] }),
            securityGroupIds: fc.array(fc.string()),
          },
          { requiredKeys: [] },
        ),
        (launchTemplateData) => {
          const reordered = Object.assign({}, shuffled(launchTemplateData), { ramDiskId: undefined });
          expect(hash({ launchTemplateData: reordered })).toBe(hash({ launchTemplateData }));
        },
      ),
    );
  });

  test.each<[string, Partial<LaunchTemplateSpec>]>([
    ['data', { launchTemplateData: { ...smallTemplate.launchTemplateData, keyName: 'x' } }],
    ['the description', { versionDescription: 'other' }],
    ['the user data', { ecs: { cluster: 'prod' } }],
  ])('changes with %s', (_what, change) => {
    expect(hash({ ...smallTemplate, ...change })).not.toBe(hash(smallTemplate));
  });

  test.each<[string, Partial<LaunchTemplateSpec>]>([
    ['tags', { tags: [{ key: 'team', value: 'x' }] }],
    ['the history limit', { versionHistoryLimit: 1 }],
    ['policies', { deletionPolicy: 'Retain', driftPolicy: 'Report' }],
  ])('does not change with %s', (_what, change) => {
    expect(hash({ ...smallTemplate, ...change })).toBe(hash(smallTemplate));
  });

  test('changes with the image, not with when it was looked up', () => {
    const spec: LaunchTemplateSpec = { launchTemplateData: {}, imageSelector: { family: 'Bottlerocket' } };
    expect(content(spec, { ...image, resolvedAt: '2026-02-01T00:00:00Z' }).hash).toBe(content(spec, image).hash);
    expect(content(spec, { ...image, imageId: 'ami-3' }).hash).not.toBe(content(spec, image).hash);
  });

  test('is today what it always was: another one replaces the instances of everybody', () => {
    expect(hash(smallTemplate)).toBe('d28a3a09c05281265f61cbc40a8f7986');
  });
});

describe('the description of a version', () => {
  test('ends in the mark by which the version is found again', () => {
    const plain = content(smallTemplate);
    expect(plain.description).toBe(`ecs-operator.dev/content=${plain.hash}`);
    const described = content({ ...smallTemplate, versionDescription: 'with more disk' });
    expect(described.description).toBe(`with more disk ecs-operator.dev/content=${described.hash}`);
    expect(markedHash(plain.description)).toBe(plain.hash);
    expect(markedHash(described.description)).toBe(described.hash);
  });

  test('fits into the 255 characters of EC2', () => {
    const { description, hash: own } = content({ ...smallTemplate, versionDescription: 'x'.repeat(255) });
    expect(description).toHaveLength(255);
    expect(markedHash(description)).toBe(own);
  });

  test.each([
    undefined,
    '',
    'by hand',
    'ecs-operator.dev/content=',
    'ecs-operator.dev/content=0123456789abcdef0123456789abcdef x',
  ])('of somebody else has none: %j', (description) => {
    expect(markedHash(description)).toBeUndefined();
  });
});
