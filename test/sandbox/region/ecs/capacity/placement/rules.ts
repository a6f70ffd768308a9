import type { PlacementConstraint, PlacementStrategy } from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../../errors.ts';
import { parseQuery } from '../query/parse.ts';

/** What RunTask and CreateService refuse in constraints and strategies (PL-02, PL-10). */
export function checkPlacementRules(
  constraints: readonly PlacementConstraint[],
  strategies: readonly PlacementStrategy[],
): void {
  for (const { type, expression = '' } of constraints) {
    if (type === 'distinctInstance') {
      if (expression !== '') throw invalidParameter('The distinctInstance placement constraint takes no expression.');
      continue;
    }
    if (expression === '') {
      throw invalidParameter('Expression must be specified for the memberOf placement constraint.');
    }
    parseQuery(expression);
  }
  for (const strategy of strategies) {
    if (!isField(strategy)) {
      throw invalidParameter(`Invalid field '${strategy.field ?? ''}' for the ${strategy.type} placement strategy.`);
    }
  }
}

function isField({ type, field = '' }: PlacementStrategy): boolean {
  switch (type) {
    case 'binpack':
      return /^(cpu|memory)$/i.test(field);
    case 'spread':
      return /^(instanceId|host|attribute:.+)$/.test(field);
    default:
      return field === '';
  }
}
