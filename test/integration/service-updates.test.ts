import {
  CreateTaskSetCommand,
  DeleteTaskSetCommand,
  DescribeServicesCommand,
  type Service,
  UpdateServiceCommand,
  UpdateServicePrimaryTaskSetCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ECSServiceSpec } from '../../src/kinds/service/api.ts';
import { cluster, network, service, taskDefinition, trio } from '../support/manifests.ts';
import { condition, type TestBed, testBed } from '../support/test-bed.ts';

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
const placed = (type: 'binpack' | 'spread', field: string): Partial<ECSServiceSpec> => ({
  ...onEc2,
  placementStrategy: [{ type, field }],
});
const constrained = (expression: string): Partial<ECSServiceSpec> => ({
  ...onEc2,
  placementConstraints: [{ type: 'memberOf', expression }],
});
changes.push(
  same('placementStrategy', placed('spread', 'host'), placed('binpack', 'memory')),
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

const inGroups = (securityGroups?: string[]) => ({
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], ...(securityGroups && { securityGroups }) } },
});
const breaking = { deploymentCircuitBreaker: { enable: true, rollback: true } };

/** What leaves a field that stays. */
const partRemovals: readonly Change[] = [
  {
    field: 'networkConfiguration',
    from: inGroups(['sg-open']),
    to: inGroups(),
    sent: inGroups([]),
  },
  {
    field: 'deploymentConfiguration',
    from: { deploymentConfiguration: { maximumPercent: 150, bakeTimeInMinutes: 5, ...breaking } },
    to: { deploymentConfiguration: { maximumPercent: 150 } },
    sent: {
      deploymentConfiguration: {
        maximumPercent: 150,
        bakeTimeInMinutes: 0,
        deploymentCircuitBreaker: { enable: false, rollback: false },
      },
    },
  },
  {
    field: 'serviceConnectConfiguration',
    from: connect(80),
    to: { serviceConnectConfiguration: { enabled: true, namespace: 'internal' } },
    sent: { serviceConnectConfiguration: { enabled: true, namespace: 'internal' } },
  },
];

describe('a service', () => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await testBed();
    await bed.apply(
      cluster('shared', { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] }),
      ...['shared', 'next'].map((name) =>
        taskDefinition(name, {
          taskRoleArn: 'arn:aws:iam::123456789012:role/task',
          containerDefinitions: [
            { name: 'app', image: 'nginx:1', portMappings: [{ name: 'http', containerPort: 80 }] },
          ],
        }),
      ),
    );
    // ECS refuses a service that does not configure such a volume.
    await bed.apply(taskDefinition('volume', { volumes: [{ name: 'data', configuredAtLaunch: true }] }));
    await bed.apply(taskDefinition('ec2', { requiresCompatibilities: ['EC2'], networkMode: 'bridge' }));
    for (const name of ['shared', 'next']) await bed.ready('ECSTaskDefinition', name);
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

  it.each(partRemovals)('takes away what leaves $field while the rest of it stays', async (change) => {
    await bed.apply(shared(`part-${change.field.toLowerCase()}`, change.from));
    await expectOneUpdate(`part-${change.field.toLowerCase()}`, change);
  });

  it('agrees with Service Connect that is turned off, which AWS does not show', async () => {
    const mark = bed.region.journal.mark();
    await bed.apply(shared('off', { serviceConnectConfiguration: { enabled: false } }));
    await bed.ready('ECSService', 'off');
    expect(await bed.pass('ECSService', 'off')).toEqual({ kind: 'settled' });
    expect(bed.mutations(mark)).toEqual(['CreateService']);
  });

  it('leaves to CodeDeploy what CodeDeploy deploys, and goes on with the rest', async () => {
    const byCodeDeploy = { deploymentController: { type: 'CODE_DEPLOY' as const }, ...loadBalancer('blue') };
    await bed.apply(shared('green', byCodeDeploy));
    await bed.ready('ECSService', 'green');
    const [blue] = (await live('green'))?.taskSets ?? [];
    const { taskSet } = await bed.aws.send(
      new CreateTaskSetCommand({
        cluster: 'shared',
        service: 'green',
        taskDefinition: 'next',
        launchType: 'FARGATE',
        networkConfiguration: network,
        ...loadBalancer('green'),
        scale: { value: 100, unit: 'PERCENT' },
      }),
    );
    await bed.aws.send(
      new UpdateServicePrimaryTaskSetCommand({ cluster: 'shared', service: 'green', primaryTaskSet: taskSet?.id }),
    );
    await bed.aws.send(
      new DeleteTaskSetCommand({ cluster: 'shared', service: 'green', taskSet: blue?.id, force: true }),
    );
    const mark = bed.region.journal.mark();
    await bed.apply(shared('green', { ...byCodeDeploy, desiredCount: 3 }));
    const object = await bed.eventually(
      'ECSService',
      'green',
      'says what is left to CodeDeploy',
      (one) => condition(one, 'LeftToCodeDeploy')?.status === 'True' && one.status?.desiredCount === 3,
    );
    expect(condition(object, 'LeftToCodeDeploy')?.message).toMatch(/^taskDefinition next:1 -> shared:1, loadBalancers/);
    await bed.ready('ECSService', 'green');
    expect(bed.mutations(mark)).toEqual(['UpdateService']);
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
