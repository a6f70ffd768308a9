import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Schema } from '../../../src/generate/contract.ts';
import { taskDefinition } from '../../support/manifests.ts';
import type { Manifest } from '../../support/namespace-bed.ts';

export interface ObjectReference {
  readonly name: string;
  readonly namespace?: string;
}

/** A member of a spec that names another object: `capacityProviderStrategy`, `[]`, `capacityProviderRef`. */
export interface Place {
  readonly kind: string;
  readonly path: readonly string[];
}

interface Crd {
  readonly spec: {
    readonly names: { readonly kind: string };
    readonly versions: readonly [{ readonly schema: { readonly openAPIV3Schema: Schema } }];
  };
}

const directory = join(import.meta.dirname, '../../../crds');

/** Every place that the CRDs have for a reference that may say a namespace. */
export function places(): readonly Place[] {
  return readdirSync(directory).flatMap((file) => {
    const crd: Crd = parse(readFileSync(join(directory, file), 'utf8'));
    const { names, versions } = crd.spec;
    const spec = versions[0].schema.openAPIV3Schema.properties?.spec ?? {};
    return pathsIn(spec).map((path) => ({ kind: names.kind, path }));
  });
}

function pathsIn({ properties = {}, items }: Schema): readonly (readonly string[])[] {
  if (properties.name !== undefined && properties.namespace !== undefined) return [[]];
  const members = Object.entries({ ...properties, ...(items === undefined ? {} : { '[]': items }) });
  return members.flatMap(([name, schema]) => pathsIn(schema).map((path) => [name, ...path]));
}

export function placeName({ kind, path }: Place): string {
  return `${kind} spec.${path.join('.')}`;
}

const machine = { imageId: 'ami-0123456789abcdef0', instanceType: 'm5.large', iamInstanceProfile: { name: 'ecs' } };
const group = { minSize: 0, maxSize: 1, vpcZoneIdentifier: 'subnet-1' };
const template = { launchTemplateName: 'mine', version: '1' };

/** A spec that is valid, and refers to `to` in this place and to nothing else. */
const specs: Readonly<Record<string, (to: ObjectReference) => object>> = {
  'AutoScalingGroup spec.clusterRef': (to) => ({ ...group, launchTemplate: template, clusterRef: to }),
  'AutoScalingGroup spec.launchTemplateRef': (to) => ({ ...group, launchTemplateRef: to }),
  'AutoScalingGroup spec.mixedInstancesPolicy.launchTemplate.overrides.[].launchTemplateRef': (to) => ({
    ...group,
    mixedInstancesPolicy: {
      launchTemplate: {
        launchTemplateSpecification: template,
        overrides: [{ instanceType: 'm5.large', launchTemplateRef: to }],
      },
    },
  }),
  'ECSCapacityProvider spec.autoScalingGroupProvider.autoScalingGroupRef': (to) => ({
    autoScalingGroupProvider: { autoScalingGroupRef: to },
  }),
  'ECSCapacityProvider spec.clusterRef': (to) => ({
    clusterRef: to,
    managedInstancesProvider: {
      infrastructureRoleArn: 'arn:aws:iam::123456789012:role/ecsInfrastructureRole',
      instanceLaunchTemplate: {
        ec2InstanceProfileArn: 'arn:aws:iam::123456789012:instance-profile/ecsInstanceRole',
        networkConfiguration: { subnets: ['subnet-1'] },
      },
    },
  }),
  'ECSCluster spec.capacityProviderRefs.[]': (to) => ({ capacityProviderRefs: [to] }),
  'ECSCluster spec.defaultCapacityProviderStrategy.[].capacityProviderRef': (to) => ({
    capacityProviderRefs: [to],
    defaultCapacityProviderStrategy: [{ capacityProviderRef: to }],
  }),
  'ECSService spec.capacityProviderStrategy.[].capacityProviderRef': (to) => ({
    cluster: 'mine',
    taskDefinition: 'mine:1',
    capacityProviderStrategy: [{ capacityProviderRef: to }],
  }),
  'ECSService spec.clusterRef': (to) => ({ clusterRef: to, taskDefinition: 'mine:1' }),
  'ECSService spec.taskDefinitionRef': (to) => ({ cluster: 'mine', taskDefinitionRef: to }),
  'LaunchTemplate spec.ecs.clusterRef': (to) => ({ ecs: { clusterRef: to }, launchTemplateData: machine }),
};

/** An object called `name` that refers to `to`. A new place in the CRDs needs a line above. */
export function referring(place: Place, name: string, to: ObjectReference): Manifest & { readonly spec: object } {
  const specOf = specs[placeName(place)];
  if (specOf === undefined) throw new Error(`how does one refer to something by ${placeName(place)}?`);
  return { kind: place.kind, metadata: { name }, spec: specOf(to) };
}

/** One live object of every kind that may be referred to, all of this name. */
export function targets(name: string): readonly Manifest[] {
  const metadata = { name };
  return [
    { kind: 'ECSCluster', metadata, spec: {} },
    { kind: 'LaunchTemplate', metadata, spec: { launchTemplateData: machine } },
    { kind: 'AutoScalingGroup', metadata, spec: { ...group, launchTemplateRef: { name } } },
    { kind: 'ECSCapacityProvider', metadata, spec: { autoScalingGroupProvider: { autoScalingGroupRef: { name } } } },
    taskDefinition(name),
  ];
}
