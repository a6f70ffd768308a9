/** What Application Auto Scaling knows in one account and region. */
export interface ApplicationAutoScalingState {
  readonly targets: Map<string, object>;
}

export function emptyApplicationAutoScaling(): ApplicationAutoScalingState {
  return { targets: new Map() };
}
