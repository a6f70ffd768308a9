/** Metrics and alarms, as far as somebody here looks at them. Tests publish; there is no CloudWatch protocol. */
export interface CloudWatchState {
  /** The state of an alarm by name. One that was never set is OK. */
  readonly alarms: Map<string, AlarmState>;
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export function emptyCloudWatch(): CloudWatchState {
  return { alarms: new Map() };
}
