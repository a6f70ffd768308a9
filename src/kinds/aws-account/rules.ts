import type { KindRules } from '../../generate/contract.ts';
import { rules as cel } from '../../generate/shared.ts';
import { awsAccountNames } from './names.ts';

export const rules: KindRules = {
  names: awsAccountNames,
  description: 'An AWS account that objects may be in, and how it is reached.',
  spec: 'AWSAccountSpec',
  status: 'AWSAccountStatus',
  overlays: {
    Spec: cel(
      {
        rule: 'self.accountId == oldSelf.accountId',
        message:
          'spec.accountId is immutable: what is in this account cannot move to another; create another AWSAccount and delete this one',
      },
      {
        rule: "!has(self.roleArn) || self.roleArn.contains(':iam::' + self.accountId + ':role/')",
        message: 'spec.roleArn is a role of another account than spec.accountId: correct one of them',
      },
      {
        rule: '!has(self.externalId) || has(self.roleArn)',
        message: 'spec.externalId is for the role: set spec.roleArn, or remove it',
      },
    ),
    'Spec.accountId': {
      description: 'The account that AWS has to confirm before anything is looked at or changed in it.',
      pattern: '^[0-9]{12}$',
      maxLength: 12,
    },
    'Spec.roleArn': {
      description: "Role to assume. Without it the operator's own credentials, which then have to be of this account.",
      pattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:role/[\\w+=,.@/-]+$',
      maxLength: 640,
    },
    'Spec.externalId': {
      description: "What the role's trust policy asks for as sts:ExternalId. It is no secret.",
      pattern: '^[\\w+=,.@:/-]+$',
      minLength: 2,
      maxLength: 1224,
    },
    'Spec.region': {
      description: "AWS region of the objects in this account that name none. The default is the operator's.",
      pattern: '^[a-z]{2,}(-[a-z]+)+-[0-9]+$',
      maxLength: 32,
    },
    'Spec.allowedNamespaces': {
      description: 'Namespaces whose objects may be in this account; * means all. Without it, none.',
      maxItems: 256,
      items: { pattern: '^(\\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?)$', maxLength: 63 },
      'x-kubernetes-list-type': 'set',
    },
    'Status.callerArn': { description: 'Who the operator is in this account, as AWS says.' },
  },
  columns: [
    { name: 'Account', type: 'string', jsonPath: '.spec.accountId' },
    { name: 'Region', type: 'string', jsonPath: '.status.region' },
    { name: 'Role', type: 'string', jsonPath: '.spec.roleArn', priority: 1 },
  ],
};
