import { ownerTag } from '../aws/ownership.ts';
import { ec2Capacity } from './iam-capacity.ts';
import { core } from './iam-core.ts';
import { actionsOf, type Conditions, type Feature, type Grant, owned } from './iam-grants.ts';
import { capacityProviders, managedInstances } from './iam-providers.ts';

/** Public parameters belong to no account. */
const imageParameters = ['ecs/optimized-ami/*', 'bottlerocket/*', 'ami-windows-latest/*'].map(
  (path) => `arn:aws:ssm:REGION::parameter/aws/service/${path}`,
);

const imageSelector: readonly Grant[] = [
  {
    sid: 'ReadPublicImages',
    actions: actionsOf('ssm', 'GetParameters'),
    resources: imageParameters,
    why: 'Only the parameters that AWS publishes; nobody’s secrets are among them.',
  },
];

const memberRoles = ['arn:aws:iam::MEMBER_ACCOUNT_ID:role/MEMBER_ROLE'];

const accounts: readonly Grant[] = [
  {
    sid: 'AssumeMemberRoles',
    actions: actionsOf('sts', 'AssumeRole'),
    resources: memberRoles,
    why: 'One ARN for each AWSAccount with a roleArn.',
  },
  {
    sid: 'KeepSessionTags',
    actions: actionsOf('sts', 'TagSession'),
    resources: memberRoles,
    why: 'The tags that EKS Pod Identity gives a session go along when it assumes another role.',
    dependent: {
      of: 'sts:AssumeRole',
      source: 'https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html',
    },
  },
];

const nobodys: Conditions = { Null: { [`aws:ResourceTag/${ownerTag}`]: 'true' } };

/** Deleting takes an owner tag in any case: what is adopted has one by then. */
const DELETES = /:Delete(Cluster|Service|CapacityProvider|AutoScalingGroup|LaunchTemplate)$/;

/** The changes that the features allow on what is owned, on what nobody owns. */
function adoption(grants: readonly Grant[]): readonly Grant[] {
  return grants
    .filter(({ condition }) => condition === owned)
    .map((grant) => ({
      ...grant,
      sid: grant.sid.replace('Owned', 'Unowned'),
      actions: grant.actions.filter((action) => !DELETES.test(action)),
      condition: nobodys,
      why: 'What differs from the spec is changed before the resource gets its owner tag.',
    }));
}

/** What only looks, from all features. What belongs to AWS and not to an account keeps its ARNs. */
function readOnly(grants: readonly Grant[]): readonly Grant[] {
  return grants.filter(({ actions }) => actions.every((action) => /:(Describe|List|Get)/.test(action)));
}

const allKinds = [...core, ...capacityProviders, ...ec2Capacity];

/** The policies of docs/iam, in the order in which a reader meets them. */
export const features: readonly Feature[] = [
  {
    name: 'core',
    purpose: 'Clusters, task definitions and services. All that is needed on Fargate. Always attached.',
    grants: core,
  },
  {
    name: 'capacity-providers',
    purpose: 'ECSCapacityProvider of either sort, and what is to be told of container instances.',
    grants: capacityProviders,
  },
  {
    name: 'ec2-capacity',
    purpose: 'LaunchTemplate and AutoScalingGroup, beside capacity-providers.',
    grants: ec2Capacity,
  },
  {
    name: 'managed-instances',
    purpose: 'ECSCapacityProvider with managedInstancesProvider, beside capacity-providers.',
    grants: managedInstances,
  },
  { name: 'image-selector', purpose: 'spec.imageSelector of a LaunchTemplate.', grants: imageSelector },
  { name: 'accounts', purpose: 'AWSAccount with a roleArn: resources in other accounts.', grants: accounts },
  {
    name: 'adoption',
    purpose:
      'adoptionPolicy: Adopt on resources that have no owner tag. Attach it while you adopt: with it the operator can change what nobody owns.',
    grants: adoption(allKinds),
  },
  {
    name: 'read-only',
    purpose:
      'Instead of all others: the operator looks and tells what differs (adoptionPolicy: Adopt, driftPolicy: Report), and AWS refuses every change.',
    grants: readOnly([...allKinds, ...imageSelector]),
  },
];

/** Actions that need no policy: AWS answers everybody who has credentials. */
export const freeActions: ReadonlyMap<string, string> = new Map([
  ['sts:GetCallerIdentity', 'https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html'],
]);
