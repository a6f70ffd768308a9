import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { type Region, startRegion } from '../../sandbox/region/index.ts';
import { type Command, commandOf } from './command.ts';
import type { RecordedCall } from './rst.ts';

/** An account and region of its own, in which a recorded command is replayed. */
export interface Stage {
  readonly call: RecordedCall;
  readonly command: Command;
  readonly region: Region;
  readonly regionName: string;
  readonly ecs: ECSClient;
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
  readonly applicationAutoScaling: ApplicationAutoScalingClient;
  /** How many instances have been registered. */
  instances: number;
  /** Says what stands in this account for an identifier in the recording. */
  replace(recorded: string, actual: string | undefined): void;
  /** The text of the recording as it must be sent here. */
  actual(text: string): string;
  /** Lets everything settle: ten simulated minutes. */
  settle(): void;
  stop(): Promise<void>;
}

const ACCOUNT = '123456789012';
const ARN = /arn:aws:(?:ecs|autoscaling|application-autoscaling):([a-z0-9-]+):/;

/** The region is that of the first ARN in the command, else in the answer. */
export async function setStage(call: RecordedCall): Promise<Stage> {
  const text = [...call.words, ...call.files.values(), call.output ?? ''].join('\n');
  const [, regionName = 'us-west-2'] = ARN.exec(text) ?? [];
  const region = await startRegion({ speed: 0 });
  const options = {
    endpoint: region.endpoint,
    region: regionName,
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'simulated' },
    maxAttempts: 1,
  };
  const clients = {
    ecs: new ECSClient(options),
    ec2: new EC2Client(options),
    autoScaling: new AutoScalingClient(options),
    applicationAutoScaling: new ApplicationAutoScalingClient(options),
  };
  const replacements = new Map<string, string>();
  return {
    call,
    command: commandOf(call),
    region,
    regionName,
    ...clients,
    instances: 0,
    replace(recorded, actual) {
      if (actual === undefined) throw new Error(`${call.id}: nothing stands for ${recorded}`);
      replacements.set(recorded, actual);
    },
    actual(recorded) {
      let text = recorded;
      for (const [from, to] of replacements) text = text.replaceAll(from, to);
      return text;
    },
    settle() {
      for (let minute = 0; minute < 10; minute += 1) region.advance(60_000);
    },
    async stop() {
      for (const client of Object.values(clients)) client.destroy();
      await region.stop();
    },
  };
}
