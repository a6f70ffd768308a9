import { createHash } from 'node:crypto';
import type {
  ClusterServiceConnectDefaults,
  ClusterServiceConnectDefaultsRequest,
  ClusterSetting,
} from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../errors.ts';
import type { World } from '../../world.ts';
import { accountSetting } from '../account/settings.ts';

/** The settings of a new cluster: what is not given is as the account says (CLU-07). */
export function newSettings(world: World, given: readonly ClusterSetting[] | undefined): ClusterSetting[] {
  return mergedSettings([{ name: 'containerInsights', value: accountSetting(world, 'containerInsights') }], given);
}

/** `current` with what is given. Anything but containerInsights is refused. */
export function mergedSettings(
  current: readonly ClusterSetting[],
  given: readonly ClusterSetting[] | undefined,
): ClusterSetting[] {
  let value = current[0]?.value ?? 'disabled';
  for (const setting of given ?? []) {
    if (setting.name !== 'containerInsights' || !['enabled', 'disabled', 'enhanced'].includes(setting.value ?? '')) {
      throw invalidParameter(
        'Invalid cluster setting. The only setting is containerInsights: enhanced, enabled or disabled.',
      );
    }
    value = setting.value ?? value;
  }
  return [{ name: 'containerInsights', value }];
}

/** AWS makes a namespace of a short name and returns its ARN; an empty name removes the default. */
export function serviceConnectDefaults(
  world: World,
  given: ClusterServiceConnectDefaultsRequest | undefined,
): ClusterServiceConnectDefaults | undefined {
  const namespace = given?.namespace ?? '';
  if (namespace === '') return undefined;
  if (namespace.startsWith('arn:')) return { namespace };
  const id = createHash('sha256').update(namespace).digest('hex').slice(0, 16);
  return { namespace: `arn:aws:servicediscovery:${world.region}:${world.account}:namespace/ns-${id}` };
}
