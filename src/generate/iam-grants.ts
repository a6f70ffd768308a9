import { ownerTag } from '../aws/ownership.ts';

/** The `Condition` of a policy statement: operator, key, values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** One statement of a policy, and what a reader has to know of it. */
export interface Grant {
  readonly sid: string;
  /** Such as `ecs:CreateCluster`. */
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: Conditions | undefined;
  readonly why: string;
  /** Set where AWS checks the caller for something that the operator never calls itself: for which call, and where AWS says so. */
  readonly dependent?: { readonly of: string; readonly source: string } | undefined;
}

/** A policy that is attached when a feature is used. */
export interface Feature {
  /** Name of the file, without `.json`. */
  readonly name: string;
  readonly purpose: string;
  readonly grants: readonly Grant[];
}

/** What a user puts in. Nothing is granted while they stand there, because no resource has such an ARN. */
export const placeholders = {
  ACCOUNT_ID: 'the account in which the operator manages resources',
  REGION: 'the region; `*` for all',
  TASK_ROLES: 'name or pattern of the task and execution roles that task definitions may name, such as `app-*`',
  INFRASTRUCTURE_ROLES:
    'name or pattern of the roles that specs may give to ECS itself (volumes, load balancers, VPC Lattice, hooks, Managed Instances), such as `ecsInfrastructureRole*`',
  INSTANCE_ROLES: 'name or pattern of the instance roles, such as `ecsInstanceRole*`',
  SCALING_ROLES:
    'name or pattern of the roles that AutoScalingGroup specs may give to Auto Scaling (`roleARN` of lifecycle hooks, `serviceLinkedRoleARN`), such as `scalingHooks*`',
  MEMBER_ACCOUNT_ID: 'an account that an AWSAccount names',
  MEMBER_ROLE: 'the role there that the operator assumes',
  OPERATOR_ACCOUNT_ID: 'the account of the role that the operator runs with',
  OPERATOR_ROLE: 'the role that the operator runs with',
  EXTERNAL_ID: 'spec.externalId of the AWSAccount',
  OIDC_PROVIDER:
    'the issuer of the Kubernetes cluster without https://, such as `oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE`',
  EKS_CLUSTER: 'the name of the EKS cluster that the operator is installed in',
  NAMESPACE: 'the namespace that the operator is installed in, such as `ecs-operator`',
} as const;

/** Only what some object of an operator is tagged as owning. */
export const owned: Conditions = { StringLike: { [`aws:ResourceTag/${ownerTag}`]: '?*' } };

/** Only what is tagged as owned from the first moment. */
export const bornOwned: Conditions = { StringLike: { [`aws:RequestTag/${ownerTag}`]: '?*' } };

/** For actions that AWS cannot restrict to resources. A pattern, because the region may be `*`. */
export const inRegion: Conditions = { StringLike: { 'aws:RequestedRegion': 'REGION' } };

export const inOwnClusters: Conditions = { ArnLike: { 'ecs:cluster': 'arn:aws:ecs:REGION:ACCOUNT_ID:cluster/*' } };

export function both(one: Conditions, other: Conditions): Conditions {
  const operators = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(operators.map((operator) => [operator, { ...one[operator], ...other[operator] }]));
}

/** ARNs of ECS resources, such as `cluster/*`. */
export function ecsResources(...paths: readonly string[]): readonly string[] {
  return paths.map((path) => `arn:aws:ecs:REGION:ACCOUNT_ID:${path}`);
}

export const launchTemplates = ['arn:aws:ec2:REGION:ACCOUNT_ID:launch-template/*'];
export const groups = ['arn:aws:autoscaling:REGION:ACCOUNT_ID:autoScalingGroup:*:autoScalingGroupName/*'];

/** Actions of one service, such as `ecs:CreateCluster` of `ecs` and `CreateCluster`. */
export function actionsOf(service: string, ...names: readonly string[]): readonly string[] {
  return names.map((name) => `${service}:${name}`);
}

/** EC2's name as a principal: in China it has another one. */
export const ec2Principals = ['ec2.amazonaws.com', 'ec2.amazonaws.com.cn'];

/** `iam:PassRole`, which AWS checks when a request names a role. `service` is who gets it. */
export function passRole(
  sid: string,
  roles: string,
  service: string | readonly string[],
  why: string,
  source: string,
  of: string,
): Grant {
  return {
    sid,
    actions: ['iam:PassRole'],
    resources: [`arn:aws:iam::ACCOUNT_ID:role/${roles}`],
    condition: { StringEquals: { 'iam:PassedToService': service } },
    why,
    dependent: { of, source },
  };
}

/** `iam:CreateServiceLinkedRole`, which AWS checks at the first use of a service in an account. */
export function serviceLinkedRole(sid: string, service: string, source: string, of: string): Grant {
  return {
    sid,
    actions: ['iam:CreateServiceLinkedRole'],
    resources: [`arn:aws:iam::*:role/aws-service-role/${service}/*`],
    condition: { StringEquals: { 'iam:AWSServiceName': service } },
    why: 'At the first use in an account AWS makes the service-linked role in the name of the caller.',
    dependent: { of, source },
  };
}
