import { ApplicationAutoScaling } from '@aws-sdk/client-application-auto-scaling';
import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { EC2 } from '@aws-sdk/client-ec2';
import { ECS } from '@aws-sdk/client-ecs';
import { SSM } from '@aws-sdk/client-ssm';
import { STS } from '@aws-sdk/client-sts';

/** What differs between the simulated region and an emulator. */
export interface Backend {
  readonly endpoint: string;
  readonly accessKeyId: string;
  /** Two subnets and a security group that exist there. */
  readonly subnets: readonly [string, string];
  readonly securityGroup: string;
  readonly imageId: string;
  /** Lets the given simulated time pass, where time is simulated. */
  settle(seconds: number): Promise<void>;
  /** Sets a CloudWatch alarm in that region, where anything looks at alarms. */
  setAlarm(region: string, name: string, state: 'ALARM' | 'OK'): Promise<void>;
  /** Container instances in that cluster, with 2 vCPU and 4 GiB or more each. */
  registerInstances(aws: Aws, cluster: string, count: number): Promise<void>;
  stop(): Promise<void>;
}

/** What a row gets: clients of one region of the backend, and names that no other row uses. */
export interface Aws {
  readonly ecs: ECS;
  readonly autoScaling: AutoScaling;
  readonly ec2: EC2;
  readonly applicationAutoScaling: ApplicationAutoScaling;
  readonly ssm: SSM;
  readonly sts: STS;
  readonly region: string;
  readonly endpoint: string;
  readonly subnets: readonly [string, string];
  readonly securityGroup: string;
  readonly imageId: string;
  name(prefix: string): string;
  settle(seconds?: number): Promise<void>;
  instances(cluster: string, count?: number): Promise<void>;
  alarm(name: string, state: 'ALARM' | 'OK'): Promise<void>;
  /** The same account in another region, where a row finds account-wide things untouched. */
  elsewhere(region: string): Aws;
  destroy(): void;
}

/** Long enough for a small service to be created, rolled or drained. */
const DEFAULT_SETTLE_SECONDS = 60;

export function awsOf(backend: Backend, region: string, names: { next: number } = { next: 1 }): Aws {
  const configuration = {
    endpoint: backend.endpoint,
    region,
    credentials: { accessKeyId: backend.accessKeyId, secretAccessKey: 'none' },
    maxAttempts: 1,
  };
  const clients = {
    ecs: new ECS(configuration),
    autoScaling: new AutoScaling(configuration),
    ec2: new EC2(configuration),
    applicationAutoScaling: new ApplicationAutoScaling(configuration),
    ssm: new SSM(configuration),
    sts: new STS(configuration),
  };
  const others = new Map<string, Aws>();
  const aws: Aws = {
    ...clients,
    region,
    endpoint: backend.endpoint,
    subnets: backend.subnets,
    securityGroup: backend.securityGroup,
    imageId: backend.imageId,
    name: (prefix) => `${prefix}-${names.next++}`,
    settle: (seconds = DEFAULT_SETTLE_SECONDS) => backend.settle(seconds),
    instances: (cluster, count = 1) => backend.registerInstances(aws, cluster, count),
    alarm: (name, state) => backend.setAlarm(region, name, state),
    elsewhere(other) {
      const known = others.get(other) ?? awsOf(backend, other, names);
      others.set(other, known);
      return known;
    },
    destroy() {
      for (const client of Object.values(clients)) client.destroy();
      for (const other of others.values()) other.destroy();
    },
  };
  return aws;
}
