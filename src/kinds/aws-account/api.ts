import type { AllowedNamespaces, CommonStatus } from '../../engine/kind.ts';
import type { KubeObject } from '../../kube/types.ts';

/** An AWS account that objects may be in. It is nothing in AWS itself. */
export interface AWSAccountSpec {
  readonly accountId: string;
  /** Without it the operator's own credentials, which then have to be of this account. */
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
  readonly region?: string | undefined;
  readonly allowedNamespaces?: AllowedNamespaces | undefined;
}

export interface AWSAccountStatus extends CommonStatus {
  readonly callerArn?: string | undefined;
}

export type AWSAccount = KubeObject<AWSAccountSpec, AWSAccountStatus>;
