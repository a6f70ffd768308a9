import {
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { createService, expectError, type Fixture, startPopulated, tasksOf } from '../../support.ts';
import { registerInstance } from '../tasks/support.ts';

const ARN = 'arn:aws:ecs:eu-central-1:123456789012:';

const tag = async ({ ecs }: Fixture, resourceArn: string, key = 'k') =>
  ecs.send(new TagResourceCommand({ resourceArn, tags: [{ key, value: 'v' }] }));
const tagsOf = async ({ ecs }: Fixture, resourceArn: string) =>
  (await ecs.send(new ListTagsForResourceCommand({ resourceArn }))).tags;

describe('tags', () => {
  it('are kept for each kind of resource (TG-02)', async () => {
    const fixture = await startPopulated({ timings: 'instant', speed: 0 });
    await createService(fixture.ecs);
    const [task] = await tasksOf(fixture.ecs, 'RUNNING');
    const instance = await registerInstance(fixture);
    const arns = [
      `${ARN}cluster/main`,
      `${ARN}service/main/web`,
      `${ARN}task-definition/web:1`,
      task?.taskArn ?? '',
      instance,
    ];
    for (const arn of arns) {
      await tag(fixture, arn);
      expect(await tagsOf(fixture, arn)).toEqual([{ key: 'k', value: 'v' }]);
      await fixture.ecs.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ['k'] }));
      expect(await tagsOf(fixture, arn)).toEqual([]);
    }
  });

  it.each([
    ['cluster/none', 'ClusterNotFoundException'],
    ['service/main/none', 'ResourceNotFoundException'],
    ['service/none/web', 'ResourceNotFoundException'],
    ['task/main/none', 'ResourceNotFoundException'],
    ['task-definition/none:1', 'ResourceNotFoundException'],
    ['container-instance/main/none', 'ResourceNotFoundException'],
    ['capacity-provider/FARGATE', 'ResourceNotFoundException'],
    ['task-set/main/web/ecs-svc/1', 'ResourceNotFoundException'],
    ['something/else', 'InvalidParameterException'],
  ])('are not for %s', async (resource, error) => {
    const fixture = await startPopulated();
    await expectError(tag(fixture, ARN + resource), error);
    // ListTagsForResource has no ResourceNotFoundException.
    const listed = error === 'ResourceNotFoundException' ? 'InvalidParameterException' : error;
    await expectError(tagsOf(fixture, ARN + resource), listed);
  });

  it('are not for what is INACTIVE, except a task definition', async () => {
    const fixture = await startPopulated({ timings: 'instant', speed: 0 });
    await createService(fixture.ecs, { desiredCount: 0 });
    await fixture.ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'web' }));
    fixture.region.advance(1_000);
    await expectError(tag(fixture, `${ARN}service/main/web`), 'InvalidParameterException', /service is inactive/);
    await fixture.ecs.send(new DeleteClusterCommand({ cluster: 'main' }));
    await expectError(tag(fixture, `${ARN}cluster/main`), 'InvalidParameterException', /cluster is inactive/);
    await fixture.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web:1' }));
    await tag(fixture, `${ARN}task-definition/web:1`);
  });

  it('of AWS do not count towards the fifty, and stay (TG-01, TG-05)', async () => {
    const fixture = await startPopulated({ timings: 'instant', speed: 0 });
    await createService(fixture.ecs, { desiredCount: 1, enableECSManagedTags: true });
    const [task] = await tasksOf(fixture.ecs, 'RUNNING');
    const resourceArn = task?.taskArn ?? '';
    const tags = Array.from({ length: 50 }, (_, index) => ({ key: `k${index}`, value: '' }));
    await fixture.ecs.send(new TagResourceCommand({ resourceArn, tags }));
    await expectError(tag(fixture, resourceArn, 'one-more'), 'InvalidParameterException', /50/);
    const untag = new UntagResourceCommand({ resourceArn, tagKeys: ['aws:ecs:clusterName'] });
    await expectError(fixture.ecs.send(untag), 'InvalidParameterException', /aws:/);
    expect(await tagsOf(fixture, resourceArn)).toHaveLength(52);
  });
});
