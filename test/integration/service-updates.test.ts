import { DescribeServicesCommand, type Service, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ECSServiceSpec } from '../../src/kinds/service/api.ts';
import { cluster, service, taskDefinition, trio } from '../support/manifests.ts';
import { type TestBed, testBed } from '../support/test-bed.ts';

/** A change of one field, and the only things that UpdateService may then say. */
interface Change {
  readonly field: keyof ECSServiceSpec;
  readonly from?: Partial<ECSServiceSpec>;
  readonly to: Partial<ECSServiceSpec>;
  readonly sent: object;
}

const role = 'arn:aws:iam::123456789012:role/lattice';
const targetGroup = (name: string) => `arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/${name}/1`;
const loadBalancer = (name: string) => ({
  loadBalancers: [{ targetGroupArn: targetGroup(name), containerName: 'app', containerPort: 80 }],
});
const registry = (id: string) => ({
  serviceRegistries: [{ registryArn: `arn:aws:servicediscovery:us-east-1:123456789012:service/srv-${id}` }],
});
const connect = (port: number) => ({
  serviceConnectConfiguration: {
    enabled: true,
    namespace: 'internal',
    services: [{ portName: 'http', clientAliases: [{ port }] }],
  },
});
const lattice = (id: string) => ({
  vpcLatticeConfigurations: [{ roleArn: role, targetGroupArn: `arn:lattice:${id}`, portName: 'http' }],
});
const volume = (sizeInGiB: number) => ({
  taskDefinitionRef: { name: 'volume' },
  volumeConfigurations: [{ name: 'data', managedEBSVolume: { roleArn: role, sizeInGiB } }],
});
const subnets = (...names: string[]) => ({ networkConfiguration: { awsvpcConfiguration: { subnets: names } } });
const strategy = (weight: number) => ({
  launchType: undefined,
  capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight }],
});

const same = (field: Change['field'], to: Partial<ECSServiceSpec>, from?: Partial<ECSServiceSpec>): Change => ({
  field,
  to,
  sent: { [field]: to[field] },
  ...(from === undefined ? {} : { from }),
});

const changes: Change[] = [
  same('desiredCount', { desiredCount: 2 }),
  same('availabilityZoneRebalancing', { availabilityZoneRebalancing: 'DISABLED' }),
  same('deploymentConfiguration', { deploymentConfiguration: { maximumPercent: 150, minimumHealthyPercent: 50 } }),
  same('enableECSManagedTags', { enableECSManagedTags: true }),
  same('enableExecuteCommand', { enableExecuteCommand: true }),
  same('healthCheckGracePeriodSeconds', { healthCheckGracePeriodSeconds: 60, ...loadBalancer('a') }, loadBalancer('a')),
  same('loadBalancers', loadBalancer('b'), loadBalancer('a')),
  same('networkConfiguration', subnets('subnet-1', 'subnet-2')),
  same('platformVersion', { platformVersion: '1.4.0' }),
  same('propagateTags', { propagateTags: 'SERVICE' }),
  same('serviceConnectConfiguration', connect(81), connect(80)),
  same('serviceRegistries', registry('b'), registry('a')),
  same('volumeConfigurations', volume(20), volume(10)),
  same('vpcLatticeConfigurations', lattice('b'), lattice('a')),
  {
    field: 'capacityProviderStrategy',
    from: strategy(1),
    to: strategy(2),
    sent: { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 2 }], forceNewDeployment: true },
  },
];

/** Fields that Fargate does not have. The region has no container instances, so nothing is to run. */
const onEc2: Partial<ECSServiceSpec> = {
  launchType: 'EC2',
  networkConfiguration: undefined,
  taskDefinitionRef: { name: 'ec2' },
  desiredCount: 0,
};
const placed = (field: string): Partial<ECSServiceSpec> => ({
  ...onEc2,
  placementStrategy: [{ type: 'spread', field }],
});
const constrained = (expression: string): Partial<ECSServiceSpec> => ({
  ...onEc2,
  placementConstraints: [{ type: 'memberOf', expression }],
});
changes.push(
  same('placementStrategy', placed('instanceId'), placed('attribute:ecs.availability-zone')),
  same('placementConstraints', constrained('attribute:b == c'), constrained('attribute:a == b')),
);

/** A field that leaves the spec goes back to what ECS has without it. */
const removals: readonly Change[] = [
  { field: 'loadBalancers', from: loadBalancer('a'), to: {}, sent: { loadBalancers: [] } },
  { field: 'serviceRegistries', from: registry('a'), to: {}, sent: { serviceRegistries: [] } },
  {
    field: 'serviceConnectConfiguration',
    from: connect(80),
    to: {},
    sent: { serviceConnectConfiguration: { enabled: false } },
  },
  {
    field: 'enableExecuteCommand',
    from: { enableExecuteCommand: true },
    to: {},
    sent: { enableExecuteCommand: false },
  },
  { field: 'propagateTags', from: { propagateTags: 'SERVICE' }, to: {}, sent: { propagateTags: 'NONE' } },
];

describe('a service', () => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await testBed();
    await bed.apply(
      cluster('shared', { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] }),
      taskDefinition('shared', {
        taskRoleArn: 'arn:aws:iam::123456789012:role/task',
        containerDefinitions: [{ name: 'app', image: 'nginx:1', portMappings: [{ name: 'http', containerPort: 80 }] }],
      }),
    );
    // ECS refuses a service that does not configure such a volume.
    await bed.apply(taskDefinition('volume', { volumes: [{ name: 'data', configuredAtLaunch: true }] }));
    await bed.apply(taskDefinition('ec2', { requiresCompatibilities: ['EC2'], networkMode: 'bridge' }));
    await bed.ready('ECSTaskDefinition', 'shared');
  });
  afterAll(() => bed.stop());

  const shared = (name: string, spec: Partial<ECSServiceSpec> = {}) =>
    service(name, { clusterRef: { name: 'shared' }, taskDefinitionRef: { name: 'shared' }, ...spec });

  it.each(changes)('sends one UpdateService with nothing but $field when that changes', async (change) => {
    await bed.apply(shared(`set-${change.field.toLowerCase()}`, change.from));
    await expectOneUpdate(`set-${change.field.toLowerCase()}`, change);
  });

  it.each(removals)('takes $field away when it leaves the spec', async (change) => {
    await bed.apply(shared(`unset-${change.field.toLowerCase()}`, change.from));
    await expectOneUpdate(`unset-${change.field.toLowerCase()}`, change);
  });

  it('changes several fields with one call', async () => {
    await bed.apply(shared('several'));
    await bed.ready('ECSService', 'several');
    const mark = bed.region.journal.mark();
    await bed.apply(shared('several', { desiredCount: 3, ...subnets('subnet-9'), propagateTags: 'SERVICE' }));
    await bed.ready('ECSService', 'several');
    expect(bed.mutations(mark)).toEqual(['UpdateService']);
  });

  it('scales up and down', async () => {
    await bed.apply(...trio('scale'));
    await bed.ready('ECSService', 'scale');
    for (const desiredCount of [4, 1, 0]) {
      const mark = bed.region.journal.mark();
      await bed.apply(service('scale', { desiredCount }));
      const { status } = await bed.ready('ECSService', 'scale');
      expect(status).toMatchObject({ desiredCount, runningCount: desiredCount, pendingCount: 0 });
      expect(bed.mutations(mark)).toEqual(['UpdateService']);
    }
  });

  it('leaves the count alone that somebody else set, when the spec has none', async () => {
    await bed.apply(shared('free', { desiredCount: undefined }));
    const created = await bed.ready('ECSService', 'free');
    expect(created.status?.desiredCount).toBe(1);
    await bed.aws.send(new UpdateServiceCommand({ cluster: 'shared', service: 'free', desiredCount: 5 }));
    const mark = bed.region.journal.mark();
    await bed.apply(shared('free', { desiredCount: undefined, propagateTags: 'SERVICE' }));
    const { status } = await bed.ready('ECSService', 'free');
    expect(status).toMatchObject({ desiredCount: 5, runningCount: 5 });
    expect(bed.mutations(mark)).toEqual(['UpdateService']);
  });

  it('can be scaled with kubectl scale', async () => {
    await bed.apply(shared('kubectl'));
    await bed.ready('ECSService', 'kubectl');
    await bed.kubectl('scale', 'ecsservice/kubectl', '--replicas=3');
    await bed.eventually('ECSService', 'kubectl', 'runs three tasks', ({ status }) => status?.runningCount === 3);
    expect((await live('kubectl'))?.desiredCount).toBe(3);
  });

  async function expectOneUpdate(name: string, { to, sent }: Change): Promise<void> {
    await bed.ready('ECSService', name);
    const mark = bed.region.journal.mark();
    await bed.apply(shared(name, to));
    await bed.ready('ECSService', name);
    expect(bed.mutations(mark)).toEqual(['UpdateService']);
    expect(bed.region.journal.mutations(mark)[0]?.input).toEqual({ ...sent, cluster: clusterArn, service: name });
    expect(await bed.pass('ECSService', name)).toEqual({ kind: 'settled' });
    expect(bed.mutations(mark)).toHaveLength(1);
  }

  const clusterArn = 'arn:aws:ecs:us-east-1:123456789012:cluster/shared';

  async function live(name: string): Promise<Service | undefined> {
    const answer = await bed.aws.send(new DescribeServicesCommand({ cluster: 'shared', services: [name] }));
    return answer.services?.[0];
  }
});
