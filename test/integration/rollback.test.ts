import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rollingBack, running, service, taskDefinition, trio } from '../support/manifests.ts';
import { recordWrites } from '../support/operator-writes.ts';
import { recordStatuses, type StatusLog } from '../support/status-log.ts';
import { condition, type Managed, type TestBed, testBed } from '../support/test-bed.ts';

const broken = ['sim/cannot-pull:1', 'sim/exit:1'];

describe('a deployment that fails', () => {
  let bed: TestBed;
  let log: StatusLog;
  beforeAll(async () => {
    bed = await testBed();
    log = await recordStatuses(bed);
  });
  afterAll(async () => {
    await log.stop();
    await bed.stop();
  });

  it.each(broken)('with the image %s is rolled back by ECS and told as not Ready', async (image) => {
    const name = image.replaceAll(/[^a-z]/g, '-').replace(/-+$/, '');
    await deploy(name);
    await bed.apply(taskDefinition(name, running(image)));
    const object = await bed.notReady('ECSService', name, 'RolledBack');
    expect(condition(object, 'Stalled')).toMatchObject({ status: 'True', reason: 'RolledBack' });
    expect(condition(object, 'Ready')?.message).toMatch(
      new RegExp(
        `^ECS rolled back from ${name}:2 to ${name}:1: .*\\. It is not tried again until the spec changes\\.$`,
      ),
    );
    expect(object.status).toMatchObject({
      taskDefinitionRevision: `${name}:1`,
      runningCount: 1,
      rolledBack: { taskDefinition: expect.stringMatching(new RegExp(`/${name}:2$`)) },
    });
    expect(await bed.told('ECSService', name, 'RolledBack')).toBe(condition(object, 'Ready')?.message);
  });

  it('is not tried again, not by later passes and not by another operator', async () => {
    await deploy('once');
    await bed.apply(taskDefinition('once', running('sim/exit:1')));
    await bed.notReady('ECSService', 'once', 'RolledBack');
    const mark = bed.region.journal.mark();
    const passes = async () => {
      for (let pass = 0; pass < 3; pass += 1)
        expect(await bed.pass('ECSService', 'once')).toMatchObject({ kind: 'terminal', reason: 'RolledBack' });
    };
    await passes();
    const written = await recordWrites(bed);
    await bed.restartOperator();
    await passes();
    expect(bed.mutations(mark)).toEqual([]);
    expect((await written()).filter((write) => write.includes('ecsservices'))).toEqual([]);
  });

  it('is tried again after the spec changes, and Ready when it works', async () => {
    await deploy('fixed');
    await bed.apply(taskDefinition('fixed', running('sim/exit:1')));
    await bed.notReady('ECSService', 'fixed', 'RolledBack');
    await bed.apply(taskDefinition('fixed', running('nginx:3')));
    await bed.eventually('ECSService', 'fixed', 'runs revision 3', runs('fixed:3'));
    const { status } = await bed.ready('ECSService', 'fixed');
    expect(status?.rolloutState).toBe('COMPLETED');
  });

  it('is tried again when the user goes back to the good revision and then to the bad one', async () => {
    await deploy('aba');
    const mark = bed.region.journal.mark();
    await bed.apply(taskDefinition('aba', running('sim/exit:1')));
    await bed.notReady('ECSService', 'aba', 'RolledBack');
    await bed.apply(taskDefinition('aba'));
    await bed.ready('ECSService', 'aba');
    await bed.apply(taskDefinition('aba', running('sim/exit:1')));
    await bed.notReady('ECSService', 'aba', 'RolledBack');
    // One registration of the bad image; the good revision was live again without a call.
    expect(bed.mutations(mark)).toEqual(['RegisterTaskDefinition', 'UpdateService', 'UpdateService']);
  });

  it('of a service that was never live is told as DeploymentFailed and heals with a better spec', async () => {
    const [cluster, , manifest] = trio('first', rollingBack);
    await bed.apply(cluster, taskDefinition('first', running('sim/cannot-pull:1')), manifest);
    const object = await bed.notReady('ECSService', 'first', 'DeploymentFailed');
    expect(condition(object, 'Stalled')?.message).toContain('first:1');
    const mark = bed.region.journal.mark();
    await bed.pass('ECSService', 'first');
    expect(bed.mutations(mark)).toEqual([]);
    await bed.apply(taskDefinition('first'));
    await bed.eventually('ECSService', 'first', 'runs revision 2', runs('first:2'));
    await bed.ready('ECSService', 'first');
  });

  it('without a rollback leaves the old tasks running and is told as DeploymentFailed', async () => {
    const breaker = { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } } };
    await bed.apply(...trio('stays', breaker));
    await bed.ready('ECSService', 'stays');
    await bed.apply(taskDefinition('stays', running('sim/exit:1')));
    const object = await bed.notReady('ECSService', 'stays', 'DeploymentFailed');
    expect(object.status).toMatchObject({ runningCount: 1, taskDefinitionRevision: 'stays:2', rolloutState: 'FAILED' });
  });

  it('can be corrected in the meantime: another change of the service while it is rolled back is carried out', async () => {
    await deploy('scaled');
    await bed.apply(taskDefinition('scaled', running('sim/exit:1')));
    await bed.notReady('ECSService', 'scaled', 'RolledBack');
    await bed.apply(taskDefinition('scaled'), service('scaled', { ...rollingBack, desiredCount: 3 }));
    const { status } = await bed.ready('ECSService', 'scaled');
    expect(status).toMatchObject({ runningCount: 3, taskDefinitionRevision: 'scaled:1' });
  });

  it('shows nothing but statuses that kstatus understands, all the way', () => {
    expect(log.violations()).toEqual([]);
  });

  async function deploy(name: string): Promise<void> {
    await bed.apply(...trio(name, rollingBack));
    await bed.ready('ECSService', name);
  }

  function runs(revision: string): (object: Managed) => boolean {
    return ({ status }) => status?.taskDefinitionRevision === revision && status.rolloutState === 'COMPLETED';
  }
});
