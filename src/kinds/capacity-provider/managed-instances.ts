import type {
  InstanceLaunchTemplate,
  InstanceLaunchTemplateUpdate,
  ManagedInstancesProvider,
  UpdateManagedInstancesProviderConfiguration,
} from '@aws-sdk/client-ecs';
import { covers } from '../shared/compare.ts';
import type { DesiredProvider } from './desired.ts';
import { resets } from './settled.ts';

const PATH = 'managedInstancesProvider';

/** What UpdateCapacityProvider has no member for. One more of that sort in a new SDK is an error here. */
const FIXED: Readonly<
  Record<
    Exclude<keyof InstanceLaunchTemplate, keyof InstanceLaunchTemplateUpdate>,
    (template: InstanceLaunchTemplate | undefined) => unknown
  >
> = {
  capacityOptionType: (template) => template?.capacityOptionType,
  fipsEnabled: (template) => template?.fipsEnabled,
};

/** The documented defaults. What the other members are when nobody sets them ECS does not say, so one that leaves the spec stays as it is. */
const DEFAULTS = { propagateTags: 'NONE' } as const satisfies ManagedInstancesProvider;
const TEMPLATE_DEFAULTS = {
  monitoring: 'BASIC',
  instanceMetadataTagsPropagation: true,
} as const satisfies InstanceLaunchTemplateUpdate;

export interface ManagedInstancesChange {
  readonly update: UpdateManagedInstancesProviderConfiguration;
  /** Below `spec.managedInstancesProvider`. */
  readonly fields: readonly string[];
}

/** Fields of the spec that cannot change, and that the live provider says something else in. */
export function fixedDifferences(desired: DesiredProvider, live: ManagedInstancesProvider): readonly string[] {
  const said = desired.spec.managedInstancesProvider?.instanceLaunchTemplate;
  return Object.entries(FIXED)
    .filter(
      ([, of]) => of(live.instanceLaunchTemplate) !== undefined && !covers(of(live.instanceLaunchTemplate), of(said)),
    )
    .map(([field]) => `spec.${PATH}.instanceLaunchTemplate.${field}`);
}

/**
 * What an update has to send, and the fields that it is for. Role and launch template are required members of it; the template goes with
 * everything that it shall have, because nothing says that ECS keeps what an update leaves out.
 */
export function managedInstancesChange(
  desired: DesiredProvider,
  live: ManagedInstancesProvider,
): ManagedInstancesChange | undefined {
  const { instanceLaunchTemplate: said, ...settings } = desired.spec.managedInstancesProvider ?? {};
  const wanted: Omit<ManagedInstancesProvider, 'instanceLaunchTemplate'> = {
    ...resets(desired, PATH, DEFAULTS),
    ...settings,
  };
  const template: InstanceLaunchTemplateUpdate = {
    ...updatable(live.instanceLaunchTemplate),
    ...resets(desired, `${PATH}.instanceLaunchTemplate`, TEMPLATE_DEFAULTS),
    ...updatable(said),
  };
  const settingFields = differing({ ...DEFAULTS, ...live }, wanted);
  const templateFields = differing({ ...TEMPLATE_DEFAULTS, ...live.instanceLaunchTemplate }, template);
  if (settingFields.length === 0 && templateFields.length === 0) return undefined;
  const update: UpdateManagedInstancesProviderConfiguration = {
    ...Object.fromEntries(Object.entries(wanted).filter(([field]) => settingFields.includes(field))),
    infrastructureRoleArn: wanted.infrastructureRoleArn ?? live.infrastructureRoleArn,
    instanceLaunchTemplate: template,
  };
  return { update, fields: [...settingFields, ...templateFields.map((field) => `instanceLaunchTemplate.${field}`)] };
}

function updatable(template: InstanceLaunchTemplate | undefined): InstanceLaunchTemplateUpdate {
  if (template === undefined) return {};
  const { capacityOptionType, fipsEnabled, ...rest } = template;
  return rest;
}

function differing(have: object, want: object): readonly string[] {
  const present: Readonly<Record<string, unknown>> = { ...have };
  return Object.entries(want)
    .filter(([field, value]) => !covers(present[field], value, field))
    .map(([field]) => field);
}
