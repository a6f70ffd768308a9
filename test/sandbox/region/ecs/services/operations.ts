import type { Handlers } from '../../service.ts';
import { describeServiceDeployments, describeServiceRevisions, listServiceDeployments } from './service-deployments.ts';
import { createService, deleteService, describeServices, listServices, updateService } from './services.ts';

export const SERVICE_OPERATIONS: Handlers = {
  CreateService: createService,
  UpdateService: updateService,
  DeleteService: deleteService,
  DescribeServices: describeServices,
  ListServices: listServices,
  ListServiceDeployments: listServiceDeployments,
  DescribeServiceDeployments: describeServiceDeployments,
  DescribeServiceRevisions: describeServiceRevisions,
};
