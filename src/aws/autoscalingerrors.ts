import type { Rule } from './errorrule.ts';

/** What Auto Scaling says. It answers ValidationError for nearly everything. */
export const autoScalingRules: readonly Rule[] = [
  {
    // Before AlreadyExists: the name is free again in a minute or two (hashicorp/terraform#1105, kops#844).
    code: /^(AlreadyExists|ScalingActivityInProgress|ValidationError)$/,
    message: /pending delete/i,
    disposition: 'progressing',
    reason: 'Deleting',
    advice: 'It is being deleted in AWS; this goes on when it is gone.',
  },
  {
    code: /^(ScalingActivityInProgress|InstanceRefreshInProgress)$/,
    disposition: 'progressing',
    reason: 'UpdateInProgress',
    advice: 'AWS is still working on an earlier change; this one follows.',
  },
  {
    // With a desired configuration the refresh owns the launch template of the group until it is over.
    code: /^ValidationError$/,
    message: /active instance refresh/i,
    disposition: 'progressing',
    reason: 'UpdateInProgress',
    advice: 'The instance refresh has to end, or to be cancelled, first.',
  },
  {
    // It ended since it was read. That is as good as cancelled.
    code: /^ActiveInstanceRefreshNotFound$/,
    disposition: 'progressing',
    reason: 'UpdateInProgress',
    advice: 'The instance refresh has ended; the group is looked at again.',
  },
  {
    code: /^IrreversibleInstanceRefresh$/,
    disposition: 'rejected',
    reason: 'IrreversibleInstanceRefresh',
    advice: 'Change the launch template back instead: a new instance refresh follows.',
  },
  {
    code: /^ResourceInUse$/,
    message: /deletion protection/i,
    disposition: 'blocked',
    reason: 'DeletionProtected',
    advice: 'Turn off spec.deletionProtection of the group.',
  },
  {
    // A group of this name, a warm pool or a hook of the group: kube-deploy#99.
    code: /^ValidationError$/,
    message:
      /^(AutoScalingGroup name not found|No (auto ?scaling group|warm pool|lifecycle hook|scaling policy) found)/i,
    disposition: 'absent',
    reason: 'NotFound',
    advice: 'It does not exist in this account and region.',
  },
  {
    // EC2 shows a new template or version to Auto Scaling a moment later than to us.
    code: /^(ValidationError|InvalidQueryParameter)$/,
    message: /launch template.*(not exist|not found|could not find)/i,
    disposition: 'blocked',
    reason: 'LaunchTemplateNotFound',
    advice:
      'The launch template and its version have to exist first: create them, or correct spec.launchTemplate or the launchTemplateSpecification of spec.mixedInstancesPolicy.',
  },
  {
    // It was terminated, or entered another state, since the group was read.
    code: /^ValidationError$/,
    message: /instance .* is not (part of|in InService)/i,
    disposition: 'progressing',
    reason: 'InstanceChanging',
    advice: 'The group is looked at again.',
  },
  {
    code: /^ServiceLinkedRoleFailure$/,
    disposition: 'rejected',
    heals: true,
    reason: 'RoleNotReady',
    advice: 'If the role is new this heals by itself; otherwise allow the operator iam:CreateServiceLinkedRole.',
  },
];
