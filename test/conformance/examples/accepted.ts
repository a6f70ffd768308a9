import type { Difference } from './compare.ts';

/** A difference between recording and region that is right, or that does no harm, and why. */
export interface Accepted {
  readonly call: RegExp;
  readonly kind: Difference['kind'];
  readonly path: RegExp;
  readonly reason: string;
}

const ANY = /./;

const ABRIDGED = 'the recording is abridged, or from the first years of ECS';
const PREPARED = 'what was prepared for the command is plainer than what stood in the account of the recording';

export const ACCEPTED: readonly Accepted[] = [
  {
    call: ANY,
    kind: 'extra',
    path: /\.(deploymentCircuitBreaker|strategy|bakeTimeInMinutes|resetOnHealthyTask|thresholdConfiguration|failedTasks|rolloutState|rolloutStateReason|currentServiceDeployment|currentServiceRevisions|createdBy|enableExecuteCommand|availabilityZoneRebalancing|resourceManagementType|platformFamily)$/,
    reason: 'deployments got these after the recording; feature-bar section 6 and cdk-real-drift#1740',
  },
  {
    call: /^ecs\/(create|update|delete|describe)-cluster/,
    kind: 'extra',
    path: /^clusters?(\[\])?\.(capacityProviders|defaultCapacityProviderStrategy|attachments|settings|tags|statistics)(\[\])?$/,
    reason: 'clusters got these after the recording',
  },
  {
    call: /capacity-provider/,
    kind: 'extra',
    path: /\.(type|managedDraining|instanceWarmupPeriod|tags\[\])$|^failures$/,
    reason: 'capacity providers got these after the recording',
  },
  {
    call: /^ecs\/.*account-setting/,
    kind: 'extra',
    path: /\.type$/,
    reason: 'settings tell since 2024 whose they are',
  },
  {
    call: /^ecs\/.*task-definition/,
    kind: 'extra',
    path: /\.(systemControls|requiresAttributes|enableFaultInjection|placementConstraints|compatibilities|(de)?registered(At|By)|deleteRequestedAt|memory|portMappings\[\](\.protocol)?)$/,
    reason: ABRIDGED,
  },
  {
    call: /^ecs\/(create-service#4|describe-services#1)$/,
    kind: 'extra',
    path: /^services?/,
    reason: ABRIDGED,
  },
  {
    call: /^ecs\/(describe-container-instances|update-container-agent|start-task|stop-task|run-task|describe-tasks)#/,
    kind: 'extra',
    path: /^(containerInstances?|tasks?)/,
    reason: ABRIDGED,
  },
  {
    call: /^ecs\/.*task-set/,
    kind: 'extra',
    path: /^taskSets?(\[\])?\.(serviceArn|clusterArn|tags)$/,
    reason: 'task sets got these after the recording',
  },
  {
    call: /^ecs\/get-task-protection#/,
    kind: 'extra',
    path: /expirationDate$/,
    reason: 'the recorded task is not protected, the prepared one is',
  },
  {
    call: /^ecs\/create-service#3$/,
    kind: 'extra',
    path: /^service\.tags$/,
    reason: 'services got tags after the recording',
  },
  {
    call: /^ecs\/(create-service|update-service)#/,
    kind: 'extra',
    path: /^service\.(tags|platformVersion|launchType|events\[\]|deployments\[\]\.(platformVersion|launchType|taskDefinition))$/,
    reason: PREPARED,
  },
  {
    call: /^ecs\/(create|update)-service#|^ecs\/describe-service-deployments#/,
    kind: 'missing',
    path: /\.(deploymentController|healthCheckGracePeriodSeconds|alarms)$/,
    reason:
      'the recorded service was made with the console, which sets these; ECS leaves them out where nobody did (coverage-roadmap#1259)',
  },
  {
    call: /^ecs\/create-service#5$/,
    kind: 'value',
    path: /\.(launchType|assignPublicIp|availabilityZoneRebalancing)$/,
    reason: 'the recorded answer is not that of the recorded command, which asks for Fargate and a public address',
  },
  {
    call: /^ecs\/update-service#/,
    kind: 'missing',
    path: /\.(taskkDefinition|capacityProviderStrategy|volumeConfigurations)$/,
    reason: `${PREPARED}; and the recording has a typing error`,
  },
  {
    call: /^ecs\/update-service#1$/,
    kind: 'value',
    path: /availabilityZoneRebalancing$/,
    reason: 'new services have it ENABLED since September 2025',
  },
  {
    call: /^ecs\/describe-service-(deployments|revisions)#/,
    kind: 'missing',
    path: /\.(capacityProviderStrategy|serviceConnectConfiguration)$/,
    reason: PREPARED,
  },
  {
    call: /^ecs\/describe-service-revisions#/,
    kind: 'extra',
    path: /\.(launchType|loadBalancers|serviceRegistries)$/,
    reason: PREPARED,
  },
  {
    call: /^ecs\/describe-service-deployments#/,
    kind: 'value',
    path: /deploymentCircuitBreaker\.status$/,
    reason: PREPARED,
  },
  {
    call: /^ecs\/(delete|deregister|describe)-task-definition/,
    kind: 'missing',
    path: /\.(entryPoint|command|logConfiguration|taskRoleArn|executionRoleArn|networkMode|requiresCompatibilities|cpu|memory|links|environment\[\])$/,
    reason: PREPARED,
  },
  {
    call: /^ecs\/delete-task-definitions#/,
    kind: 'value',
    path: /compatibilities\[\]$/,
    reason: PREPARED,
  },
  {
    call: /^ecs\/delete-attributes#/,
    kind: 'missing',
    path: /^attributes\[\]\.value$/,
    reason: 'the command names no value, and ECS answers with what it was given',
  },
  {
    call: /^ecs\/describe-tasks#2$/,
    kind: 'missing',
    path: /^tasks\[\]\.(attachments\[\]|containers\[\]\.networkInterfaces\[\]|platformVersion|platformFamily|ephemeralStorage)$/,
    reason: 'the recorded tasks run on Fargate, the prepared ones on an instance',
  },
  {
    call: /^ecs\/describe-tasks#2$/,
    kind: 'value',
    path: /launchType$/,
    reason: 'the recorded tasks run on Fargate, the prepared ones on an instance',
  },
  {
    call: /^ecs\/(describe-clusters#2|put-cluster-capacity-providers#)/,
    kind: 'value',
    path: /attachments\[\]\.(type|status)$/,
    reason:
      'managed draining came after the recording; attachments that are being made are PRECREATED, as in create-cluster#2',
  },
  {
    call: /^ecs\/create-cluster#2$/,
    kind: 'value',
    path: /attachments\[\]\.type$/,
    reason:
      'scaling plans (asp) were the first form of managed scaling; describe-clusters#2 records the policies of today',
  },
  {
    call: /^ecs\/put-cluster-capacity-providers#3$/,
    kind: 'missing',
    path: /attachments\[\]$/,
    reason: 'the region takes the policy away at once, without DELETING',
  },
  {
    call: /^ecs\/run-task#1$/,
    kind: 'missing',
    path: /capacityProviderName$/,
    reason: 'the recorded cluster has a default strategy',
  },
  {
    call: /^ecs\/stop-task#1$/,
    kind: 'value',
    path: /\.(lastStatus|stopCode)$/,
    reason: 'the recorded task had stopped by itself before',
  },
  {
    call: /^ecs\/stop-task#1$/,
    kind: 'missing',
    path: /\.(executionStoppedAt|stoppedAt)$/,
    reason: 'the recorded task had stopped by itself before',
  },
  {
    call: /^ecs\/update-cluster#/,
    kind: 'missing',
    path: /^cluster\.(capacityProviders\[\]|defaultCapacityProviderStrategy\[\]|attachments\[\]|attachmentsStatus|serviceConnectDefaults)$/,
    reason: PREPARED,
  },
  {
    call: /^autoscaling\//,
    kind: 'extra',
    path: /\.(AvailabilityZoneIds?|AutoScalingGroupARN|MaxHealthyPercentage|DesiredConfiguration|Strategy)$/,
    reason: 'Auto Scaling answers with these since after the recording',
  },
  {
    call: /^autoscaling\/describe-auto-scaling-(groups#6|instances#4)$/,
    kind: 'missing',
    path: /^\[\]$/,
    reason: 'launch configurations are not modelled, so none is found',
  },
  {
    call: /^application-autoscaling\/describe-scheduled-actions#1$/,
    kind: 'missing',
    path: /^ScheduledActions\[\]$/,
    reason: 'the recorded actions are of DynamoDB; the region scales services of ECS',
  },
  {
    call: /^autoscaling\/describe-instance-refreshes#1$/,
    kind: 'missing',
    path: /\.(EndTime|CheckpointPercentages|CheckpointDelay)$/,
    reason: PREPARED,
  },
  {
    call: /^autoscaling\/describe-instance-refreshes#1$/,
    kind: 'extra',
    path: /\.StartTime$/,
    reason: 'the recorded refresh was cancelled before it began',
  },
  {
    call: /describe-(policies|scaling-policies)#1$/,
    kind: 'missing',
    path: /\.(ResourceLabel|Alarms\[\]|MetricIntervalUpperBound)$/,
    reason: PREPARED,
  },
  {
    call: /^autoscaling\/describe-scaling-activities#2$/,
    kind: 'missing',
    path: /\.(StatusMessage|AutoScalingGroupState)$/,
    reason: 'the recorded group failed and is deleted',
  },
  {
    call: /^autoscaling\/describe-scaling-activities#2$/,
    kind: 'value',
    path: /StatusCode$/,
    reason: 'the recorded group failed and is deleted',
  },
  {
    call: /^autoscaling\/detach-instances#1$/,
    kind: 'value',
    path: /StatusCode$/,
    reason: 'the region detaches at once',
  },
  {
    call: /^autoscaling\/detach-instances#1$/,
    kind: 'extra',
    path: /EndTime$/,
    reason: 'the region detaches at once',
  },
  {
    call: /^autoscaling\/describe-warm-pool#1$/,
    kind: 'value',
    path: /LifecycleState$/,
    reason: 'the recorded pool is still being filled',
  },
  {
    call: /^autoscaling\/terminate-instance-in-auto-scaling-group#1$/,
    kind: 'missing',
    path: /^Activities$/,
    reason: 'the recording is wrong: the output of this operation has one Activity',
  },
  {
    call: /^autoscaling\/terminate-instance-in-auto-scaling-group#1$/,
    kind: 'extra',
    path: /^Activity$/,
    reason: 'the recording is wrong: the output of this operation has one Activity',
  },
];

/** The entry that explains a difference; `undefined` if none does. */
export function acceptedFor(call: string, difference: Difference): Accepted | undefined {
  return ACCEPTED.find(
    (entry) => entry.kind === difference.kind && entry.call.test(call) && entry.path.test(difference.path),
  );
}
