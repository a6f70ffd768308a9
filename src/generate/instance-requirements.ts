import type { Overlays, Rule } from './contract.ts';
import { double, rules } from './shared.ts';

/**
 * What EC2, Auto Scaling and ECS say alike of the attributes by which instance types are chosen. `type` is what the service's SDK
 * calls them, `field` is where they stand in the spec, for messages.
 */
export function instanceRequirements(type: string, field: string): Overlays {
  const types = { maxItems: 400, items: { maxLength: 30 } };
  return {
    [type]: rules(
      excluding(field, 'allowedInstanceTypes', 'excludedInstanceTypes'),
      excluding(field, 'spotMaxPricePercentageOverLowestPrice', 'maxSpotPriceAsPercentageOfOptimalOnDemandPrice'),
    ),
    [`${type}.allowedInstanceTypes`]: types,
    [`${type}.excludedInstanceTypes`]: types,
    'MemoryGiBPerVCpuRequest.min': double,
    'MemoryGiBPerVCpuRequest.max': double,
    'TotalLocalStorageGBRequest.min': double,
    'TotalLocalStorageGBRequest.max': double,
    'NetworkBandwidthGbpsRequest.min': double,
    'NetworkBandwidthGbpsRequest.max': double,
  };
}

function excluding(field: string, one: string, other: string): Rule {
  return {
    rule: `!has(self.${one}) || !has(self.${other})`,
    message: `${field}: ${one} and ${other} exclude each other; remove one`,
  };
}
