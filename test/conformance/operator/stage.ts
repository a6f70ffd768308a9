import {
  type Cluster,
  type ClusterField,
  ClusterNotFoundException,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  type Service,
  type Tag,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { ECSServiceSpec } from '../../../src/kinds/service/api.ts';
import * as manifests from '../../support/manifests.ts';
import type { Manifest } from '../../support/namespace-bed.ts';
import type { OperatorBed } from '../../support/operator-bed.ts';
import type { Frontage } from './aws-frontage.ts';

/** What a scenario may use. It does not know which AWS it plays in. */
export interface Stage extends Pick<Frontage, 'endpoint' | 'mark' | 'mutations'> {
  readonly bed: OperatorBed;
  /** Two subnets and a security group that exist there. */
  readonly subnets: readonly [string, string];
  readonly securityGroup: string;
}

/** A user's story with its end state, checked by AWS reads and by the objects' statuses. */
export interface Scenario {
  /** A sentence. */
  readonly name: string;
  /** Such as `ECSService update`: what of which kind it shows. */
  readonly shows: readonly `${string} ${'create' | 'update' | 'roll' | 'delete'}`[];
  readonly play: (stage: Stage) => Promise<void>;
}

/** Every scenario starts its services with as many, since moto's tasks are a setting of the whole server. */
export const taskCount = 2;

export function networkOf(stage: Stage): NonNullable<ECSServiceSpec['networkConfiguration']> {
  return { awsvpcConfiguration: { subnets: [stage.subnets[0]], securityGroups: [stage.securityGroup] } };
}

/** A cluster, a task definition and a service that belong together. */
export function trio(stage: Stage, name: string, spec: Partial<ECSServiceSpec> = {}) {
  return manifests.trio(name, { desiredCount: taskCount, networkConfiguration: networkOf(stage), ...spec });
}

/** Applies the three and waits until the service runs. */
export async function running(stage: Stage, name: string, spec: Partial<ECSServiceSpec> = {}): Promise<void> {
  await stage.bed.apply(...trio(stage, name, spec));
  await stage.bed.ready('ECSService', name);
}

export function withSpec(manifest: Manifest, spec: object): Manifest {
  return { ...manifest, spec: { ...manifest.spec, ...spec } };
}

/** The live cluster, `undefined` once it is INACTIVE or unknown. */
export async function clusterIn({ bed }: Stage, name: string): Promise<Cluster | undefined> {
  const include: ClusterField[] = ['SETTINGS', 'TAGS', 'STATISTICS', 'CONFIGURATIONS', 'ATTACHMENTS'];
  const { clusters } = await bed.aws.send(new DescribeClustersCommand({ clusters: [name], include }));
  return clusters?.find(({ status }) => status !== 'INACTIVE');
}

/** The live service in the cluster of its own name, `undefined` once it is INACTIVE or unknown. */
export async function serviceIn({ bed }: Stage, name: string): Promise<Service | undefined> {
  const command = new DescribeServicesCommand({ cluster: name, services: [name], include: ['TAGS'] });
  const { services } = await bed.aws.send(command).catch((error: unknown) => {
    if (error instanceof ClusterNotFoundException) return { services: [] };
    throw error;
  });
  return services?.find(({ status }) => status !== 'INACTIVE');
}

export async function revisionIn(
  { bed }: Stage,
  name: string,
): Promise<{ readonly taskDefinition: TaskDefinition; readonly tags: readonly Tag[] }> {
  const command = new DescribeTaskDefinitionCommand({ taskDefinition: name, include: ['TAGS'] });
  const { taskDefinition, tags = [] } = await bed.aws.send(command);
  if (taskDefinition === undefined) throw new Error(`no task definition ${name}`);
  return { taskDefinition, tags };
}

/** `family:revision` of the ACTIVE revisions, oldest first. */
export async function activeRevisions({ bed }: Stage, family: string): Promise<readonly string[]> {
  const command = new ListTaskDefinitionsCommand({ familyPrefix: family, status: 'ACTIVE', sort: 'ASC' });
  const { taskDefinitionArns = [] } = await bed.aws.send(command);
  return taskDefinitionArns.map((arn) => arn.slice(arn.lastIndexOf('/') + 1));
}

/** Tags as a record, without the operator's own. */
export function userTags(tags: readonly Tag[] | undefined): Readonly<Record<string, string>> {
  const entries = (tags ?? []).map(({ key = '', value = '' }): [string, string] => [key, value]);
  return Object.fromEntries(entries.filter(([key]) => !key.startsWith('ecs-operator.dev/')));
}

/** True when the operator's tags are there. */
export function isOwned(tags: readonly Tag[] | undefined): boolean {
  return (tags ?? []).some(({ key }) => key?.startsWith('ecs-operator.dev/'));
}
