import type { PlacementStrategy } from '@aws-sdk/client-ecs';

/**
 * The fields of a placement strategy under the names that AWS gives them: it takes `memory` and shows `MEMORY`
 * (aws/amazon-ecs-cli#586, aws/aws-cdk#20812), and `host` is another word for `instanceId`.
 */
export function withPlacementNames(strategies: unknown): unknown {
  return isStrategies(strategies)
    ? strategies.map(({ field, ...rest }) => (field === undefined ? rest : { ...rest, field: placementName(field) }))
    : strategies;
}

function placementName(field: string): string {
  if (/^host$/i.test(field)) return 'instanceId';
  return /^(cpu|memory)$/i.test(field) ? field.toLowerCase() : field;
}

function isStrategies(value: unknown): value is readonly PlacementStrategy[] {
  return Array.isArray(value);
}
