import type { RequestLaunchTemplateData, Tag } from '@aws-sdk/client-ec2';
import type { CommonSpec, CommonStatus, ObjectReference } from '../../engine/kind.ts';
import type { KubeObject } from '../../kube/types.ts';
import type { CamelCase } from '../shared/camel-case.ts';

/** What EC2 takes for a version. New instance types need no new operator: their names are checked against EC2. */
export type LaunchTemplateData = CamelCase<Omit<RequestLaunchTemplateData, 'InstanceType'>> & {
  readonly instanceType?: string | undefined;
};

/** The variants of ECS-optimized images that AWS publishes under public SSM parameters (INS-04, INS-09, WA-03). */
export type ImageFamily =
  | 'AmazonLinux2023'
  | 'AmazonLinux2023GPU'
  | 'AmazonLinux2023Neuron'
  | 'AmazonLinux2'
  | 'AmazonLinux2GPU'
  | 'AmazonLinux2Neuron'
  | 'AmazonLinux2Kernel510'
  | 'Bottlerocket'
  | 'BottlerocketNvidia'
  | 'WindowsServer2022Core'
  | 'WindowsServer2022Full'
  | 'WindowsServer2019Core'
  | 'WindowsServer2019Full'
  | 'WindowsServer2016Full';

/** Names an ECS-optimized image; the image that it resolves to is pinned in the status. */
export interface ImageSelector {
  readonly family: ImageFamily;
  /** `x86_64` by default. */
  readonly architecture?: 'x86_64' | 'arm64' | undefined;
  /** When to look for a newer image: five cron fields. Without it the image stays until the selector changes. */
  readonly schedule?: string | undefined;
  /** IANA name, such as `Europe/Berlin`; UTC by default. */
  readonly timeZone?: string | undefined;
}

export interface LinuxHost {
  /** Shell commands that run at first boot, after the agent has been configured. */
  readonly script?: string | undefined;
}

export interface BottlerocketHost {
  /** More settings as TOML. `[settings.ecs]` may be among them, without `cluster`. */
  readonly settings?: string | undefined;
}

export interface WindowsHost {
  /** PowerShell commands that run at first boot, before the agent starts. */
  readonly script?: string | undefined;
  readonly enableTaskIAMRole?: boolean | undefined;
  readonly enableTaskENI?: boolean | undefined;
  readonly awsvpcBlockIMDS?: boolean | undefined;
  readonly awsvpcAdditionalLocalRoutes?: readonly string[] | undefined;
  readonly loggingDrivers?: readonly string[] | undefined;
}

/** Renders user data with which an instance joins a cluster. Linux by default. */
export interface EcsHost {
  readonly cluster?: string | undefined;
  readonly clusterRef?: ObjectReference | undefined;
  /** Variables of the container agent, such as `ECS_RESERVED_MEMORY`. Bottlerocket has settings in their place. */
  readonly agentConfig?: Readonly<Record<string, string>> | undefined;
  readonly linux?: LinuxHost | undefined;
  readonly bottlerocket?: BottlerocketHost | undefined;
  readonly windows?: WindowsHost | undefined;
}

/** `CreateLaunchTemplate`'s input. `launchTemplateName` defaults to `metadata.name`. */
export interface LaunchTemplateSpec extends CommonSpec {
  readonly launchTemplateName?: string | undefined;
  readonly versionDescription?: string | undefined;
  readonly launchTemplateData: LaunchTemplateData;
  readonly ecs?: EcsHost | undefined;
  readonly imageSelector?: ImageSelector | undefined;
  /** Versions kept beside the default one, 10 by default: groups whose instances have not been refreshed yet launch from one of them. */
  readonly versionHistoryLimit?: number | undefined;
  readonly tags?: readonly CamelCase<Tag>[] | undefined;
}

export interface ResolvedImage {
  readonly imageId: string;
  /** SSM parameter that named it. */
  readonly parameter: string;
  /** RFC 3339. */
  readonly resolvedAt: string;
}

export interface LaunchTemplateStatus extends CommonStatus {
  readonly launchTemplateId?: string | undefined;
  readonly launchTemplateName?: string | undefined;
  readonly defaultVersionNumber?: number | undefined;
  readonly latestVersionNumber?: number | undefined;
  /** Hash of what the default version was made from. It and what follows from the version change when the wanted one has become the default. */
  readonly contentHash?: string | undefined;
  readonly image?: ResolvedImage | undefined;
  readonly instanceType?: string | undefined;
  /** The cluster that instances join by `spec.ecs`: name or ARN. */
  readonly cluster?: string | undefined;
}

export type LaunchTemplate = KubeObject<LaunchTemplateSpec, LaunchTemplateStatus>;
