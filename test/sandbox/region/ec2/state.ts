/** What EC2 knows in one account and region. */
export interface Ec2State {
  readonly instances: Map<string, InstanceState>;
}

export interface InstanceState {
  /** `i-` and 17 hex digits. */
  readonly id: string;
  readonly instanceType: string;
  readonly imageId: string;
  readonly availabilityZone: string;
  /** As given: base64. */
  readonly userData: string | undefined;
  readonly tags: Map<string, string>;
  readonly launchTime: Date;
  state: 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';
}

export function emptyEc2(): Ec2State {
  return { instances: new Map() };
}
