import type { DeploymentCircuitBreaker } from '@aws-sdk/client-ecs';

/** How many failed tasks fail a deployment: half the desired count, at least 3 and at most 200, unless configured (CB-02). */
export function breakerThreshold(breaker: DeploymentCircuitBreaker | undefined, desired: number): number {
  const value = breaker?.thresholdConfiguration?.value ?? 50;
  switch (breaker?.thresholdConfiguration?.type ?? 'BOUNDED_PERCENT') {
    case 'COUNT':
      return Math.max(1, value);
    case 'UNBOUNDED_PERCENT':
      return Math.max(1, Math.ceil((value / 100) * desired));
    case 'BOUNDED_PERCENT':
      return Math.max(3, Math.min(200, Math.ceil((value / 100) * desired)));
  }
}
