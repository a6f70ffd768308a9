import type { ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';

/** What EC2 knows in one account and region. */
export interface Ec2State {
  /** By id. Terminated ones stay until they can no longer be described. */
  readonly instances: Map<string, InstanceState>;
  /** By id. */
  readonly launchTemplates: Map<string, LaunchTemplateState>;
  /** What a client token made, by `operation/token`: a repeated request gets the same answer. */
  readonly clientTokens: Map<string, ClientTokenState>;
  /** `m5.large/eu-central-1a`, or `*` in either place: EC2 has no capacity of that type in that zone. */
  readonly shortages: Set<string>;
  /** Images that have come out since the beginning, oldest first. */
  readonly publishedImages: PublishedImageState[];
}

export type InstanceStateName = 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';

export interface InstanceState {
  /** `i-` and 17 hex digits. */
  readonly id: string;
  readonly instanceType: string;
  readonly imageId: string;
  readonly availabilityZone: string;
  readonly subnetId: string;
  readonly privateIp: string;
  readonly securityGroupIds: readonly string[];
  readonly keyName: string | undefined;
  readonly iamInstanceProfile: string | undefined;
  /** As given: base64. */
  readonly userData: string | undefined;
  readonly lifecycle: 'spot' | 'on-demand';
  readonly reservationId: string;
  readonly tags: Map<string, string>;
  launchTime: Date;
  state: InstanceStateName;
  /** Why it is not running, as in `Client.UserInitiatedShutdown`. */
  stateReason: { readonly code: string; readonly message: string } | undefined;
  /** Since when, for `StateTransitionReason`. */
  stateChangedAt: Date;
  /** When EC2 takes a Spot instance back, once it has given notice: two minutes later. */
  interruptedAt: Date | undefined;
}

export interface LaunchTemplateState {
  /** `lt-` and 17 hex digits. */
  readonly id: string;
  readonly name: string;
  readonly createTime: Date;
  readonly createdBy: string;
  readonly tags: Map<string, string>;
  readonly versions: Map<number, LaunchTemplateVersionState>;
  /** The last number given. Numbers are never used again, also not after their version is deleted. */
  lastNumber: number;
  defaultVersion: number;
}

export interface LaunchTemplateVersionState {
  readonly number: number;
  readonly description: string | undefined;
  readonly createTime: Date;
  readonly createdBy: string;
  readonly data: ResponseLaunchTemplateData;
}

export interface PublishedImageState {
  /** Of its family. */
  readonly path: string;
  readonly id: string;
  readonly publishedAt: Date;
}

export interface ClientTokenState {
  /** The parameters, as JSON: the same token with others is refused. */
  readonly request: string;
  /** The id of what was made. */
  readonly resource: string;
}

export function emptyEc2(): Ec2State {
  return {
    instances: new Map(),
    launchTemplates: new Map(),
    clientTokens: new Map(),
    shortages: new Set(),
    publishedImages: [],
  };
}
