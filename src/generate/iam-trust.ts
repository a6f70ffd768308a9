/** Who may assume a role: what is attached to the role itself. */
export interface Trust {
  readonly name: string;
  readonly purpose: string;
  readonly statements: readonly object[];
}

const serviceAccount = 'ecs-operator';

/**
 * Without the condition on `sub` every pod of the cluster could have the role, without the one on `aud` a token that was made for
 * somebody else could be used.
 */
const irsa: Trust = {
  name: 'trust-irsa',
  purpose: 'The operator’s role, with IAM roles for service accounts (IRSA).',
  statements: [
    {
      Sid: 'OperatorServiceAccount',
      Effect: 'Allow',
      Principal: { Federated: 'arn:aws:iam::OPERATOR_ACCOUNT_ID:oidc-provider/OIDC_PROVIDER' },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          'OIDC_PROVIDER:aud': 'sts.amazonaws.com',
          'OIDC_PROVIDER:sub': `system:serviceaccount:NAMESPACE:${serviceAccount}`,
        },
      },
    },
  ],
};

/** Without the conditions on the session's tags any association of the account could use the role. */
const podIdentity: Trust = {
  name: 'trust-pod-identity',
  purpose: 'The operator’s role, with EKS Pod Identity.',
  statements: [
    {
      Sid: 'OperatorServiceAccount',
      Effect: 'Allow',
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Condition: {
        StringEquals: {
          'aws:SourceAccount': 'OPERATOR_ACCOUNT_ID',
          'aws:RequestTag/eks-cluster-name': 'EKS_CLUSTER',
          'aws:RequestTag/kubernetes-namespace': 'NAMESPACE',
          'aws:RequestTag/kubernetes-service-account': serviceAccount,
        },
      },
    },
  ],
};

/**
 * The external id keeps another customer of the same operator from having it act on this account (the confused deputy). TagSession is
 * a statement of its own, because the id is no part of that action's context.
 */
const memberAccount: Trust = {
  name: 'trust-member-account',
  purpose: 'A role in another account, for spec.roleArn of an AWSAccount.',
  statements: [
    {
      Sid: 'Operator',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::OPERATOR_ACCOUNT_ID:role/OPERATOR_ROLE' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': 'EXTERNAL_ID' } },
    },
    {
      Sid: 'OperatorSessionTags',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::OPERATOR_ACCOUNT_ID:role/OPERATOR_ROLE' },
      Action: 'sts:TagSession',
    },
  ],
};

export const trusts: readonly Trust[] = [irsa, podIdentity, memberAccount];
