/** A recorded command that fails here, and why. */
export interface NotReplayed {
  readonly call: RegExp;
  readonly reason: string;
  /** What the AWS CLI then prints on stderr. */
  readonly error: RegExp;
}

const NOT_MODELLED = /UnsupportedFeatureException/;

export const NOT_REPLAYED: readonly NotReplayed[] = [
  {
    call: /^autoscaling\/((delete|describe)-launch-configurations?#|create-launch-configuration#[1345678]$)/,
    reason: 'launch configurations are not modelled: AWS closed them to new accounts in 2024',
    error: NOT_MODELLED,
  },
  {
    call: /^autoscaling\/create-launch-configuration#2$/,
    reason: 'the recording does not hold the file that the command reads',
    error: /Unable to load paramfile/,
  },
  {
    call: /^autoscaling\/create-launch-configuration#9$/,
    reason: 'the AWS CLI of today refuses an empty NoDevice',
    error: /Parameter validation failed/,
  },
  {
    call: /^autoscaling\/create-auto-scaling-group#5$/,
    reason: 'launch configurations are not modelled',
    error: /Launch configuration name not found/,
  },
  {
    call: /^autoscaling\/(delete|describe|put)-notification-configuration/,
    reason: 'notifications are not modelled',
    error: NOT_MODELLED,
  },
  {
    call: /^autoscaling\/(enable|disable)-metrics-collection#/,
    reason: "a group's metrics are not modelled",
    error: NOT_MODELLED,
  },
  {
    call: /^autoscaling\/describe-(adjustment|auto-scaling-notification|lifecycle-hook|metric-collection|scaling-process|termination-policy)-types#/,
    reason: 'lists of constants, of no use to an operator',
    error: NOT_MODELLED,
  },
  {
    call: /^autoscaling\/(delete-scheduled-action|describe-scheduled-actions|put-scheduled-update-group-action)#/,
    reason: 'scheduled actions of groups are not modelled',
    error: NOT_MODELLED,
  },
  {
    call: /^autoscaling\/(enter-standby|exit-standby|execute-policy)#/,
    reason: 'not modelled: nothing that manages a group by declaration calls it',
    error: NOT_MODELLED,
  },
  {
    call: /^autoscaling\/describe-(auto-scaling-groups#5|auto-scaling-instances#3|policies#4|scaling-activities#4|tags#4)$/,
    reason: "the recorded token is an example and no page's token",
    error: /InvalidNextToken/,
  },
  {
    call: /^autoscaling\/(complete-lifecycle-action|record-lifecycle-action-heartbeat)#/,
    reason: 'the token comes with a notification, and no API tells it',
    error: /No active Lifecycle Action found/,
  },
  {
    call: /^autoscaling\/start-instance-refresh#2$/,
    reason: 'the recorded input file is no JSON',
    error: /Invalid JSON/,
  },
  {
    call: /^application-autoscaling\/(delete-scheduled-action|put-scheduled-action)#1$/,
    reason: 'of AppStream and DynamoDB; the region scales services of ECS',
    error: NOT_MODELLED,
  },
  {
    call: /^application-autoscaling\/(deregister-scalable-target#2|describe-scaling-activities#2|register-scalable-target#[23])$/,
    reason: 'of DynamoDB and custom resources; the region scales services of ECS',
    error: NOT_MODELLED,
  },
  {
    call: /^ecs\/execute-command#/,
    reason: 'the CLI wants the plug-in of Session Manager before it calls ECS',
    error: /SessionManagerPlugin is not found/,
  },
  {
    call: /^ecs\/start-task#2$/,
    reason: 'StartTask is for instances, where ECS allows no public address; the recording is of something else',
    error: /Assign public IP is not supported for this launch type/,
  },
];
