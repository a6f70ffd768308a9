import type {
  CreateManagedInstancesProviderConfiguration,
  ManagedInstancesProvider,
  UpdateManagedInstancesProviderConfiguration,
} from '@aws-sdk/client-ecs';

/** State is kept and returned. Instances of this kind are not simulated: tasks on such a provider are refused for want of instances. */
export function newManagedInstances(input: CreateManagedInstancesProviderConfiguration): ManagedInstancesProvider {
  const { instanceLaunchTemplate: template } = input;
  return {
    ...input,
    instanceLaunchTemplate:
      template === undefined
        ? undefined
        : { ...template, capacityOptionType: template.capacityOptionType ?? 'ON_DEMAND' },
    propagateTags: input.propagateTags ?? 'NONE',
  };
}

export function updatedManagedInstances(
  present: ManagedInstancesProvider,
  update: UpdateManagedInstancesProviderConfiguration,
): ManagedInstancesProvider {
  const { instanceLaunchTemplate: before } = present;
  const { instanceLaunchTemplate: after } = update;
  return {
    ...present,
    ...update,
    instanceLaunchTemplate:
      before === undefined
        ? undefined
        : {
            ...before,
            ...after,
            ec2InstanceProfileArn: after?.ec2InstanceProfileArn ?? before.ec2InstanceProfileArn,
            networkConfiguration: after?.networkConfiguration ?? before.networkConfiguration,
          },
  };
}
