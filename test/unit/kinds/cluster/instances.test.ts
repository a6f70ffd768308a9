import type { ContainerInstance } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countInstances, instanceConditions } from '../../../../src/kinds/cluster/instances.ts';
import { situationsOf } from '../../../../src/kinds/cluster/providers.ts';
import {
  capacity,
  containerInstance,
  externalInstance,
  now,
  observedProvider,
  waitingTask,
} from '../../../support/builders-cluster.ts';

const failed = (id: string, statusReason?: string) =>
  containerInstance(id, { status: 'REGISTRATION_FAILED', agentConnected: false, statusReason });

describe('counting container instances (CI-02)', () => {
  test.each<[string, readonly ContainerInstance[], object]>([
    ['none', [], { registered: 0, draining: 0, disconnected: 0, registrationFailed: 0, external: 0 }],
    [
      'draining ones are registered ones',
      [containerInstance('i-1'), containerInstance('i-2', { status: 'DRAINING' })],
      { registered: 2, draining: 1 },
    ],
    [
      'those without an agent are registered, if ECS knows them',
      [containerInstance('i-1', { agentConnected: false }), failed('i-2')],
      { registered: 1, disconnected: 1, registrationFailed: 1 },
    ],
    [
      'those that come or go are not registered',
      [containerInstance('i-1', { status: 'REGISTERING' }), containerInstance('i-2', { status: 'DEREGISTERING' })],
      { registered: 0, draining: 0 },
    ],
    ['external ones', [externalInstance('mi-1'), containerInstance('i-1')], { registered: 2, external: 1 }],
  ])('%s', (_what, instances, counts) => {
    expect(countInstances(instances)).toMatchObject(counts);
  });

  const anyInstance = fc
    .record({
      status: fc.constantFrom('ACTIVE', 'DRAINING', 'REGISTERING', 'DEREGISTERING', 'REGISTRATION_FAILED'),
      agentConnected: fc.boolean(),
      capacityProviderName: fc.option(fc.constantFrom('ec2', 'spot'), { nil: undefined }),
      external: fc.boolean(),
    })
    .map(
      ({ external, ...more }): ContainerInstance => ({
        ...(external ? externalInstance('mi-1') : containerInstance('i-1')),
        ...more,
      }),
    );
  const anyTask = fc
    .record({
      lastStatus: fc.constantFrom('PROVISIONING', 'PENDING'),
      capacityProviderName: fc.option(fc.constantFrom('ec2', 'spot', 'FARGATE'), { nil: undefined }),
      cpu: fc.constantFrom('256', '4096'),
    })
    .map((more) => waitingTask(more));

  test('whatever there is: parts add up to the whole, and nothing is counted for two providers', () => {
    fc.assert(
      fc.property(fc.array(anyInstance), fc.array(anyTask), (instances, waiting) => {
        const counts = countInstances(instances);
        const others = instances.filter(({ status }) => status === 'REGISTERING' || status === 'DEREGISTERING');
        expect(counts.registered + counts.registrationFailed + others.length).toBe(instances.length);
        expect(counts.draining).toBeLessThanOrEqual(counts.registered);
        expect(counts.disconnected).toBeLessThanOrEqual(counts.registered);

        const providers = [observedProvider('spot'), observedProvider('ec2')];
        const situations = situationsOf(capacity({ instances, waiting, providers }), now);
        const ofProviders = situations.reduce((sum, situation) => sum + situation.instances.length, 0);
        const ofNone = instances.filter(
          ({ status, capacityProviderName }) =>
            (status === 'ACTIVE' || status === 'DRAINING') && capacityProviderName === undefined,
        );
        expect(ofProviders + ofNone.length).toBe(counts.registered);
        const tasks = situations.flatMap((situation) => [...situation.waiting, ...situation.tooLarge]);
        expect(new Set(tasks).size).toBe(tasks.length);
        expect(waiting).toEqual(expect.arrayContaining(tasks));
      }),
    );
  });
});

describe('what is wrong with instances', () => {
  test('is nothing while all have an agent', () => {
    expect(instanceConditions([containerInstance('i-1'), externalInstance('mi-1')])).toEqual([]);
  });

  test('is told in the same words, in whatever order AWS lists them', () => {
    const instances = Array.from({ length: 12 }, (_, index) =>
      containerInstance(`i-${String(index).padStart(2, '0')}`, { agentConnected: false }),
    );
    const told = instanceConditions(instances);
    expect(told).toEqual([
      {
        type: 'AgentDisconnected',
        reason: 'AgentDisconnected',
        message:
          'The container agent is not connected to ECS on i-00, i-01, i-02, i-03, i-04, i-05, i-06, i-07, i-08, i-09 and 2 more: no task can be placed or stopped there. Check its network path to the ECS endpoints and the logs of its agent; if the instance itself is gone, deregister it.',
      },
    ]);
    expect(instanceConditions(instances.toReversed())).toEqual(told);
  });

  test('is why ECS could not register them', () => {
    const reason = 'ENI trunking is not supported in shared subnets.';
    expect(instanceConditions([failed('i-2'), failed('i-1', reason)])).toEqual([
      {
        type: 'RegistrationFailed',
        reason: 'RegistrationFailed',
        message:
          'ECS could not register i-1 (ENI trunking is not supported in shared subnets), i-2 (ECS does not say why). Remove the cause, then terminate or deregister the instance.',
      },
    ]);
  });
});
