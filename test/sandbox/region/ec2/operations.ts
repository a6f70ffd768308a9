import { AwsError } from '../errors.ts';
import type { Dialect, Handler, Handlers } from '../service.ts';
import type { World } from '../world.ts';
import { describeImages } from './images.ts';
import { describeInstanceTypeOfferings, describeInstanceTypes } from './instance-types.ts';
import { describeInstances, startInstances, stopInstances, terminateInstances } from './instances.ts';
import {
  createLaunchTemplateVersion,
  deleteLaunchTemplateVersions,
  describeLaunchTemplateVersions,
} from './launch-template-versions.ts';
import {
  createLaunchTemplate,
  deleteLaunchTemplate,
  describeLaunchTemplates,
  modifyLaunchTemplate,
} from './launch-templates.ts';
import { describeAvailabilityZones, describeSecurityGroups, describeSubnets, describeVpcs } from './network.ts';
import { runInstances } from './run-instances.ts';
import { createTags, deleteTags, describeTags } from './tags.ts';

export const EC2_HANDLERS: Handlers = withDryRun({
  CreateLaunchTemplate: createLaunchTemplate,
  CreateLaunchTemplateVersion: createLaunchTemplateVersion,
  CreateTags: createTags,
  DeleteLaunchTemplate: deleteLaunchTemplate,
  DeleteLaunchTemplateVersions: deleteLaunchTemplateVersions,
  DeleteTags: deleteTags,
  DescribeAvailabilityZones: describeAvailabilityZones,
  DescribeImages: describeImages,
  DescribeInstanceTypeOfferings: describeInstanceTypeOfferings,
  DescribeInstanceTypes: describeInstanceTypes,
  DescribeInstances: describeInstances,
  DescribeLaunchTemplateVersions: describeLaunchTemplateVersions,
  DescribeLaunchTemplates: describeLaunchTemplates,
  DescribeSecurityGroups: describeSecurityGroups,
  DescribeSubnets: describeSubnets,
  DescribeTags: describeTags,
  DescribeVpcs: describeVpcs,
  ModifyLaunchTemplate: modifyLaunchTemplate,
  RunInstances: runInstances,
  StartInstances: startInstances,
  StopInstances: stopInstances,
  TerminateInstances: terminateInstances,
});

/** `DryRun` asks whether the caller would be allowed to: AWS answers with an error also when it is. */
function withDryRun(handlers: Handlers): Handlers {
  const wrapped = Object.entries(handlers).map(([name, handler]): [string, Handler] => [
    name,
    (world: World, input: never, caller) => {
      const { DryRun }: { readonly DryRun?: boolean } = input;
      if (DryRun === true) {
        throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
      }
      return handler(world, input, caller);
    },
  ]);
  return Object.fromEntries(wrapped);
}

export const EC2_DIALECT: Dialect = {
  enums: new Map(),
  missing: (_structure, member) => new AwsError('MissingParameter', `The request must contain the parameter ${member}`),
  notInEnum: (path, value) =>
    new AwsError('InvalidParameterValue', `Value (${String(value)}) for parameter ${path} is invalid.`),
};
