import { DescribeSecurityGroupsCommand, DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kinds } from '../../src/kinds/index.ts';
import type { ControlPlane } from '../sandbox/control-plane/index.ts';
import { startRegion } from '../sandbox/region/index.ts';
import { operatorBed } from '../support/operator-bed.ts';
import { startOperatorCluster } from '../support/operator-cluster.ts';
import { accounts } from './operator/accounts.ts';
import { type Frontage, startFrontage } from './operator/aws-frontage.ts';
import { changes } from './operator/changes.ts';
import { creation } from './operator/creation.ts';
import { deletion } from './operator/deletion.ts';
import { ec2Changes } from './operator/ec2-changes.ts';
import { ec2Creation } from './operator/ec2-creation.ts';
import { ec2Deletion } from './operator/ec2-deletion.ts';
import { correctionsOf, deviations, settings, skipReason } from './operator/moto-deviations.ts';
import { ownership } from './operator/ownership.ts';
import type { Stage } from './operator/stage.ts';
import { type Moto, startMoto } from './tools/moto.ts';
import { describeWithPython, pythonTools } from './tools/python.ts';

const scenarios = [
  ...creation,
  ...changes,
  ...ownership,
  ...deletion,
  ...ec2Creation,
  ...ec2Changes,
  ...ec2Deletion,
  ...accounts,
];

/** Of this file alone: AWSAccount objects are in no namespace, so that the operators of other tests would see them too. */
let controlPlane: ControlPlane;
beforeAll(async () => {
  controlPlane = await startOperatorCluster();
}, 120_000);
afterAll(() => controlPlane.stop());

describe('the scenarios', () => {
  it('show every kind being created, updated and deleted', () => {
    const shown = new Set(scenarios.flatMap(({ shows }) => shows));
    const wanted = kinds.flatMap(({ names: { kind } }) =>
      ['create', 'update', 'delete'].map((verb) => `${kind} ${verb}`),
    );
    expect(wanted.filter((one) => ![...shown].some((have) => have === one))).toEqual([]);
  });
});

describe('the operator, with the simulated region as AWS', () => {
  const stage = staged(async () => {
    const region = await startRegion({ timings: 'instant' });
    const frontage = await startFrontage(region);
    const network = { subnets: ['subnet-1', 'subnet-2'], securityGroup: 'sg-1' } as const;
    return { frontage, network, stop: () => region.stop() };
  });

  for (const { name, play } of scenarios) it(name, () => play(stage()));
});

describeWithPython('the operator, with moto as AWS', () => {
  const used = new Set<string>();
  const stage = staged(async () => {
    const moto = await startMoto(pythonTools(), settings());
    const frontage = await startFrontage(
      moto,
      correctionsOf((id) => used.add(id)),
    );
    return { frontage, network: await networkIn(moto), stop: () => moto.stop() };
  });

  for (const { name, play } of scenarios) {
    const reason = skipReason(name);
    it(reason === undefined ? name : `${name} (skipped: ${reason})`, (context) => {
      context.skip(reason !== undefined, reason);
      return play(stage());
    });
  }

  it('needs each of the corrections that are listed, and skips nothing that does not exist', () => {
    const corrected = deviations.filter(({ handling }) => handling.kind === 'corrected').map(({ id }) => id);
    expect([...used].toSorted()).toEqual(corrected.toSorted());
    const names = new Set(scenarios.map(({ name }) => name));
    const skipped = deviations.flatMap(({ handling }) => (handling.kind === 'skipped' ? handling.scenarios : []));
    expect(skipped.filter((name) => !names.has(name))).toEqual([]);
  });
});

interface Setting {
  readonly frontage: Frontage;
  readonly network: Pick<Stage, 'subnets' | 'securityGroup'>;
  stop(): Promise<void>;
}

/** One operator before this AWS for all scenarios; they keep apart by name. */
function staged(start: () => Promise<Setting>): () => Stage {
  let stage: Stage | undefined;
  let stop = async (): Promise<void> => {};
  beforeAll(async () => {
    const setting = await start();
    stop = setting.stop;
    const bed = await operatorBed(setting.frontage, {
      cluster: controlPlane,
      adjustableClock: true,
      values: { accounts: { enabled: true } },
    });
    stop = async () => {
      await bed.stop();
      await setting.frontage.stop();
      await setting.stop();
    };
    stage = { ...setting.frontage, ...setting.network, bed };
  });
  afterAll(() => stop());
  return () => {
    if (stage === undefined) throw new Error('the stage is not set');
    return stage;
  };
}

/** moto starts with a default VPC, and checks that what a service names is in it, as AWS does. */
async function networkIn({ endpoint }: Moto): Promise<Setting['network']> {
  const credentials = { accessKeyId: 'moto', secretAccessKey: 'moto' };
  const ec2 = new EC2Client({ endpoint, region: 'us-east-1', credentials });
  const { Subnets: subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const { SecurityGroups: groups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  ec2.destroy();
  const [first, second] = subnets.map(({ SubnetId }) => SubnetId);
  const [group] = groups.map(({ GroupId }) => GroupId);
  if (first === undefined || second === undefined || group === undefined) throw new Error('moto has no default VPC');
  return { subnets: [first, second], securityGroup: group };
}
