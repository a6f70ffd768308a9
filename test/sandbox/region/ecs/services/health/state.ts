/** One port of a task in one target group. Elastic Load Balancing itself has no state here. */
export interface TargetState {
  /** Its ARN, or the name of a Classic Load Balancer. */
  readonly group: string;
  readonly port: number;
  health: 'initial' | 'healthy' | 'unhealthy' | 'draining';
}
