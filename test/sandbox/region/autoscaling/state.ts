/** What Auto Scaling knows in one account and region. */
export interface AutoScalingState {
  readonly groups: Map<string, GroupState>;
}

export interface GroupState {
  readonly name: string;
  readonly arn: string;
}

export function emptyAutoScaling(): AutoScalingState {
  return { groups: new Map() };
}
