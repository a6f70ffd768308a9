import type { DescribeServicesRequest, DescribeServicesResponse } from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../errors.ts';
import type { World } from '../../world.ts';
import { arn, resourceOf } from '../arn.ts';
import { findCluster, findService } from '../find.ts';
import { serviceView } from './view.ts';

const MAX_SERVICES = 10;

export function describeServices(world: World, input: DescribeServicesRequest): DescribeServicesResponse {
  const cluster = findCluster(world, input.cluster);
  const names = input.services ?? [];
  if (names.length === 0) throw invalidParameter('Services cannot be empty.');
  if (names.length > MAX_SERVICES) throw invalidParameter(`Services can have at most ${MAX_SERVICES} items.`);
  const withTags = input.include?.includes('TAGS') ?? false;
  const services = [];
  const failures = [];
  for (const name of new Set(names)) {
    const found = findService(cluster, name);
    if (found !== undefined) services.push(serviceView(found, withTags));
    else failures.push({ arn: missingArn(world, name), reason: 'MISSING' });
  }
  return { services, failures };
}

/** The short format, without the cluster, as users of aws-actions/amazon-ecs-deploy-task-definition see it (issues 312 and 369). */
function missingArn(world: World, name: string): string {
  return resourceOf(name) === undefined ? arn(world, `service/${name}`) : name;
}
