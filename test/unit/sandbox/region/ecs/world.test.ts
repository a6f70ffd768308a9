import fc from 'fast-check';
import { expect, it } from 'vitest';
import { recordOf } from '../../../../sandbox/region/ecs/services/deployments/record.ts';
import type { ServiceState } from '../../../../sandbox/region/ecs/services/state.ts';
import { type Action, actions, FAMILIES, registration, SOUND_FAMILIES } from './world/actions.ts';
import { checkLook, Invariants } from './world/invariants.ts';
import { Machine } from './world/machine.ts';

const HOUR_MS = 3_600_000;
/** A few seconds are enough, unless the machine has other things to do. */
const TIMEOUT_MS = 60_000;

/** After an hour of peace a service that can be at its count is there, and one that was deleted is gone. */
function checkRest(service: ServiceState): void {
  if (service.status !== 'ACTIVE') {
    expect(service.status).toBe('INACTIVE');
    return;
  }
  const { template, settings } = service;
  const [primary] = service.deployments;
  if (template === undefined || template.launchType !== 'FARGATE' || settings.schedulingStrategy === 'DAEMON') return;
  const blocked = service.events.some(({ message }) => message?.includes('unable to stop or start tasks'));
  if (blocked || primary?.rolloutState === 'FAILED') return;
  if (!SOUND_FAMILIES.includes(template.taskDefinition.family)) return;
  expect(primary?.rolloutState).toBe('COMPLETED');
  const healthy = [...service.tasks].filter((task) => task.healthy);
  expect(healthy.length).toBe(service.desiredCount);
}

function checkSequence(sequence: readonly Action[]): void {
  const machine = new Machine(checkLook);
  const invariants = new Invariants();
  machine.call('CreateCluster', { clusterName: 'main' });
  for (const name of FAMILIES) machine.call('RegisterTaskDefinition', registration(name));
  for (const each of sequence) {
    each.perform(machine);
    invariants.check(machine.world);
  }
  // Longer than any hook, bake time or protection of the sequences.
  machine.wait(HOUR_MS);
  invariants.check(machine.world);
  for (const cluster of machine.world.ecs.clusters.values()) {
    for (const service of cluster.services.values()) {
      const record = recordOf(service);
      if (record?.lifecycle?.hooks.every(({ status }) => status !== 'AWAITING_ACTION') ?? true) checkRest(service);
    }
  }
}

it(
  'no sequence of calls leaves the world in an impossible state',
  () => {
    const sequences = actions.map((sequence) => ({
      sequence,
      toString: () => sequence.map(({ text }) => text).join('\n'),
    }));
    fc.assert(
      fc.property(sequences, ({ sequence }) => checkSequence(sequence)),
      { numRuns: 100 },
    );
  },
  TIMEOUT_MS,
);
