import {
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ListServicesCommand,
  ListTagsForResourceCommand,
  RegisterContainerInstanceCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { createService, expectError, startPopulated } from '../support.ts';

const ELSEWHERE = ['arn:aws:ecs:eu-west-1:123456789012', 'arn:aws:ecs:eu-central-1:999999999999'];

// Whoever asks in the wrong region or account is told so, and never gets what has the same name here (guide 4, 18: "Wrong region").
it.each(ELSEWHERE)('an ARN that begins with %s names nothing here', async (elsewhere) => {
  const { ecs } = await startPopulated();
  await createService(ecs);
  const { failures: clusters } = await ecs.send(
    new DescribeClustersCommand({ clusters: [`${elsewhere}:cluster/main`] }),
  );
  expect(clusters).toEqual([{ arn: `${elsewhere}:cluster/main`, reason: 'MISSING' }]);
  await expectError(
    ecs.send(new ListServicesCommand({ cluster: `${elsewhere}:cluster/main` })),
    'ClusterNotFoundException',
  );
  for (const resource of ['service/main/web', 'service/web']) {
    const { failures } = await ecs.send(
      new DescribeServicesCommand({ cluster: 'main', services: [`${elsewhere}:${resource}`] }),
    );
    expect(failures).toEqual([{ arn: `${elsewhere}:${resource}`, reason: 'MISSING' }]);
  }
  const taskDefinition = `${elsewhere}:task-definition/web:1`;
  await expectError(ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition })), 'ClientException');
  await expectError(
    ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition })),
    'ClientException',
    'TaskDefinition not found.',
  );
  for (const resourceArn of [`${elsewhere}:service/main/web`, taskDefinition]) {
    await expectError(ecs.send(new ListTagsForResourceCommand({ resourceArn })), 'InvalidParameterException');
  }
});

it.each(ELSEWHERE)('a container instance whose ARN begins with %s is none of here', async (elsewhere) => {
  const { ecs } = await startPopulated();
  const { containerInstance } = await ecs.send(
    new RegisterContainerInstanceCommand({
      cluster: 'main',
      instanceIdentityDocument: JSON.stringify({ instanceId: 'i-0a' }),
      totalResources: [{ name: 'CPU', type: 'INTEGER', integerValue: 1024 }],
    }),
  );
  const id = containerInstance?.containerInstanceArn?.split('/').at(-1) ?? '';
  const described = (reference: string) =>
    ecs.send(new DescribeContainerInstancesCommand({ cluster: 'main', containerInstances: [reference] }));
  const elsewhereArn = `${elsewhere}:container-instance/main/${id}`;
  expect((await described(elsewhereArn)).failures).toEqual([{ arn: elsewhereArn, reason: 'MISSING' }]);
  expect((await described(id)).containerInstances).toHaveLength(1);
});

it('an ARN of this region and account names what its last part says', async () => {
  const { ecs } = await startPopulated();
  await createService(ecs);
  const here = 'arn:aws:ecs:eu-central-1:123456789012';
  for (const resource of ['service/main/web', 'service/web']) {
    const { services } = await ecs.send(
      new DescribeServicesCommand({ cluster: `${here}:cluster/main`, services: [`${here}:${resource}`] }),
    );
    expect(services).toHaveLength(1);
  }
});
