import type { DeleteServiceRequest, DeleteServiceResponse } from '@aws-sdk/client-ecs';
import { AwsError, invalidParameter } from '../../errors.ts';
import type { World } from '../../world.ts';
import { findCluster, serviceOrThrow } from '../find.ts';
import { controllerOf } from './controller.ts';
import type { ServiceState } from './state.ts';
import { stopTasks } from './stopping.ts';
import { serviceView } from './view.ts';
import { wake } from './wake.ts';

/** ACTIVE -> DRAINING, and INACTIVE when its tasks are gone. Its load balancers and registries stay (SV-10, SV-12, SV-13). */
export function deleteService(world: World, input: DeleteServiceRequest): DeleteServiceResponse {
  const service = serviceOrThrow(findCluster(world, input.cluster), input.service);
  if (service.status === 'INACTIVE') throw new AwsError('ServiceNotFoundException', 'Service not found.');
  if (service.status === 'DRAINING') return { service: serviceView(service, false) };
  if (input.force !== true) checkScaledDown(service);
  service.status = 'DRAINING';
  service.desiredCount = 0;
  service.cluster.activeServices -= 1;
  stopTasks(
    world,
    service,
    [...service.tasks].filter(({ desiredStatus }) => desiredStatus === 'RUNNING'),
  );
  wake(world, service);
  return { service: serviceView(service, false) };
}

function checkScaledDown(service: ServiceState): void {
  if (service.settings.schedulingStrategy === 'REPLICA' && service.desiredCount > 0) {
    throw invalidParameter('The service cannot be stopped while it is scaled above 0.');
  }
  if (controllerOf(service.settings) === 'EXTERNAL' && service.taskSets.length > 0) {
    throw invalidParameter('The service cannot be stopped while it has task sets. Delete them, or force the deletion.');
  }
}
