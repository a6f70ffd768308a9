import type {
  Attribute,
  DeleteAttributesRequest,
  DeleteAttributesResponse,
  ListAttributesRequest,
  ListAttributesResponse,
  PutAttributesRequest,
  PutAttributesResponse,
} from '@aws-sdk/client-ecs';
import { AwsError, invalidParameter } from '../../../errors.ts';
import type { World } from '../../../world.ts';
import type { ClusterState } from '../../clusters/state.ts';
import { findCluster } from '../../find.ts';
import { page } from '../../pages.ts';
import type { ContainerInstanceState } from '../state.ts';
import { capacityChanged } from './changes.ts';
import { findInstance } from './find.ts';
import { attributeView } from './view.ts';

/** In one call, and of one container instance. */
const MAX_ATTRIBUTES = 10;

export function putAttributes(world: World, input: PutAttributesRequest): PutAttributesResponse {
  const cluster = findCluster(world, input.cluster);
  const attributes = checkedCount(input.attributes);
  const targets = attributes.map((attribute) => {
    checkAttribute(attribute);
    return { attribute, instance: target(cluster, attribute) };
  });
  for (const { instance } of targets) checkLimit(instance, attributes);
  for (const { attribute, instance } of targets) instance.attributes.set(attribute.name ?? '', attribute.value ?? '');
  capacityChanged(world, cluster);
  return { attributes: targets.map(withTarget) };
}

export function deleteAttributes(world: World, input: DeleteAttributesRequest): DeleteAttributesResponse {
  const cluster = findCluster(world, input.cluster);
  const targets = checkedCount(input.attributes).map((attribute) => {
    if (isReserved(attribute.name ?? '')) throw reserved(attribute.name);
    return { attribute, instance: target(cluster, attribute) };
  });
  const deleted = targets.filter(({ attribute, instance }) => instance.attributes.delete(attribute.name ?? ''));
  capacityChanged(world, cluster);
  return { attributes: deleted.map(withTarget) };
}

export function listAttributes(world: World, input: ListAttributesRequest): ListAttributesResponse {
  const cluster = findCluster(world, input.cluster);
  if (input.attributeValue !== undefined && input.attributeName === undefined) {
    throw invalidParameter('An attribute name must be specified with an attribute value.');
  }
  const found = new Map<string, Attribute>();
  for (const instance of cluster.containerInstances.values()) {
    if (instance.status === 'INACTIVE') continue;
    for (const [name, value] of instance.attributes) {
      if ((input.attributeName ?? name) !== name || (input.attributeValue ?? value) !== value) continue;
      found.set(`${instance.arn} ${name}`, { ...attributeView(name, value), targetId: instance.arn });
    }
  }
  const { items, nextToken } = page([...found.keys()], input, { size: 100, max: 100 });
  return { attributes: items.flatMap((key) => found.get(key) ?? []), nextToken };
}

interface Target {
  readonly attribute: Attribute;
  readonly instance: ContainerInstanceState;
}

const withTarget = ({ attribute: { name = '', value = '' }, instance }: Target): Attribute => ({
  ...attributeView(name, value),
  targetId: instance.arn,
});

function target(cluster: ClusterState, { targetId }: Attribute): ContainerInstanceState {
  const found = findInstance(cluster, targetId);
  if (found !== undefined && found.status !== 'INACTIVE') return found;
  throw new AwsError('TargetNotFoundException', `Could not find the specified target: ${targetId ?? ''}.`);
}

function checkedCount(attributes: readonly Attribute[] | undefined): readonly Attribute[] {
  const count = attributes?.length ?? 0;
  if (attributes !== undefined && count > 0 && count <= MAX_ATTRIBUTES) return attributes;
  throw invalidParameter(`Between 1 and ${MAX_ATTRIBUTES} attributes must be specified.`);
}

/** PL-16. */
function checkAttribute({ name = '', value = '' }: Attribute): void {
  if (!/^[A-Za-z0-9\-_/\\.]{1,128}$/.test(name)) throw invalidParameter(`Invalid attribute name: ${name}.`);
  const allowed = /^[A-Za-z0-9\-_.@/\\: ]{0,128}$/.test(value) && value === value.trim();
  if (!allowed) throw invalidParameter(`Invalid attribute value: ${value}.`);
  if (isReserved(name)) throw reserved(name);
}

const isReserved = (name: string): boolean => /^(com\.amazonaws\.)?ecs\./.test(name);

const reserved = (name: string | undefined): AwsError =>
  invalidParameter(`The attribute ${name} is set by Amazon ECS and cannot be changed.`);

function checkLimit(instance: ContainerInstanceState, added: readonly Attribute[]): void {
  const names = new Set([...instance.attributes.keys()].filter((name) => !isReserved(name)));
  for (const { name } of added) names.add(name ?? '');
  if (names.size <= MAX_ATTRIBUTES) return;
  throw new AwsError(
    'AttributeLimitExceededException',
    `You can have at most ${MAX_ATTRIBUTES} custom attributes for each resource.`,
  );
}
