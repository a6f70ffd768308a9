import type { AwsReads } from '../../src/aws/reads.ts';

/** Reads that reject with their own name. A test spreads the few over it that it expects to be asked. */
export const unusedReads: AwsReads = {
  describeService: unused('describeService'),
  describeCluster: unused('describeCluster'),
  describeTaskDefinition: unused('describeTaskDefinition'),
  activeFamilyExists: unused('activeFamilyExists'),
  listTaskDefinitions: unused('listTaskDefinitions'),
  findOwnRevisions: unused('findOwnRevisions'),
  describeServiceRevision: unused('describeServiceRevision'),
  latestServiceDeployment: unused('latestServiceDeployment'),
  listServices: unused('listServices'),
  describeCapacityProvider: unused('describeCapacityProvider'),
  containerInstances: unused('containerInstances'),
  waitingTasks: unused('waitingTasks'),
  describeAutoScalingGroup: unused('describeAutoScalingGroup'),
  listAutoScalingGroups: unused('listAutoScalingGroups'),
  latestInstanceRefresh: unused('latestInstanceRefresh'),
  describeLifecycleHooks: unused('describeLifecycleHooks'),
  describeWarmPool: unused('describeWarmPool'),
  latestScalingActivities: unused('latestScalingActivities'),
  describeScalingPolicies: unused('describeScalingPolicies'),
  describeLaunchTemplate: unused('describeLaunchTemplate'),
  describeLaunchTemplateVersions: unused('describeLaunchTemplateVersions'),
  describeInstanceType: unused('describeInstanceType'),
  getParameter: unused('getParameter'),
  callerIdentity: unused('callerIdentity'),
};

function unused(name: keyof AwsReads): () => Promise<never> {
  return () => Promise.reject(new Error(`${name} was asked, which this test does not expect`));
}
