/** Series in the notation of promtool's rule tests: a name with labels, and a value for each minute. */
export type InputSeries = readonly [series: string, values: string];

export interface AlertCase {
  readonly alert: string;
  readonly when: string;
  readonly fires: boolean;
  /** Minutes after the first value. */
  readonly atMinute: number;
  readonly series: readonly InputSeries[];
}

/** Labels of one replica's target, as a ServiceMonitor gives them. */
const replica = (pod: string): string =>
  `job="ecs-operator-metrics",instance="${pod}:8080",namespace="ecs-system",pod="${pod}"`;
const a = replica('a');
const b = replica('b');
/** Another controller in the cluster, with metrics of the same names. */
const other = 'job="other",instance="x:8080",namespace="other",pod="x"';
const running = (target: string): InputSeries => [`ecs_operator_build_info{${target},version="1"}`, '1x90'];

const fires = (alert: string, when: string, atMinute: number, ...series: readonly InputSeries[]): AlertCase => ({
  alert,
  when,
  fires: true,
  atMinute,
  series,
});
const quiet = (alert: string, when: string, atMinute: number, ...series: readonly InputSeries[]): AlertCase => ({
  ...fires(alert, when, atMinute, ...series),
  fires: false,
});

const availability: readonly AlertCase[] = [
  fires('ECSOperatorAbsent', 'nothing is scraped', 11),
  quiet('ECSOperatorAbsent', 'a replica comes back after eight minutes', 20, [
    `ecs_operator_build_info{${a},version="1"}`,
    '1x2 _x7 1x30',
  ]),

  fires(
    'ECSOperatorDown',
    'a replica that was scraped does not answer',
    30,
    [`ecs_operator_build_info{${a},version="1"}`, '1x20 stale'],
    [`up{${a}}`, '1x20 0x60'],
  ),
  quiet(
    'ECSOperatorDown',
    "somebody else's target does not answer",
    30,
    running(a),
    [`up{${a}}`, '1x90'],
    [`up{${other}}`, '0x90'],
  ),

  fires('ECSOperatorNotReady', 'a replica is not ready', 10, [`ecs_operator_ready{${a}}`, '0x20']),
  quiet('ECSOperatorNotReady', 'a replica starts', 10, [`ecs_operator_ready{${a}}`, '0x3 1x20']),

  fires(
    'ECSOperatorNoLeader',
    'both replicas stand by',
    10,
    running(a),
    running(b),
    [`leader_election_master_status{${a},name="ecs-operator"}`, '1x5 0x20'],
    [`leader_election_master_status{${b},name="ecs-operator"}`, '0x30'],
  ),
  quiet(
    'ECSOperatorNoLeader',
    'the other replica takes over, and another controller has no leader',
    10,
    running(a),
    running(b),
    [`leader_election_master_status{${a},name="ecs-operator"}`, '1x5 0x20'],
    [`leader_election_master_status{${b},name="ecs-operator"}`, '0x6 1x20'],
    [`leader_election_master_status{${other},name="other"}`, '0x20'],
  ),

  fires(
    'ECSOperatorTwoLeaders',
    'both replicas hold one Lease',
    10,
    running(a),
    running(b),
    [`leader_election_master_status{${a},name="ecs-operator"}`, '1x20'],
    [`leader_election_master_status{${b},name="ecs-operator"}`, '0x5 1x20'],
  ),
  quiet(
    'ECSOperatorTwoLeaders',
    'each replica holds a shard',
    10,
    running(a),
    running(b),
    [`leader_election_master_status{${a},name="ecs-operator-shard-0"}`, '1x20'],
    [`leader_election_master_status{${b},name="ecs-operator-shard-1"}`, '1x20'],
  ),

  fires('ECSOperatorRestarting', 'a replica starts anew every ten minutes', 60, running(a), [
    `process_start_time_seconds{${a}}`,
    '0x9 600x9 1200x9 1800x9 2400x9 3000x9 3600x9',
  ]),
  quiet(
    'ECSOperatorRestarting',
    'a replica is upgraded, and another program restarts',
    60,
    running(a),
    [`process_start_time_seconds{${a}}`, '0x30 1800x60'],
    [`process_start_time_seconds{${other}}`, '0+60x60'],
  ),

  fires(
    'ECSOperatorMemoryNearLimit',
    'it uses 95% of its limit',
    20,
    [`process_resident_memory_bytes{${a}}`, '95x30'],
    [`ecs_operator_memory_limit_bytes{${a}}`, '100x30'],
  ),
  quiet(
    'ECSOperatorMemoryNearLimit',
    'it uses half of its limit',
    20,
    [`process_resident_memory_bytes{${a}}`, '50x30'],
    [`ecs_operator_memory_limit_bytes{${a}}`, '100x30'],
  ),
];

const passes = (outcome: string, values: string): InputSeries => [
  `ecs_operator_reconcile_total{${a},kind="ECSService",outcome="${outcome}"}`,
  values,
];
const waits = (target: string, below1: string, below60: string): readonly InputSeries[] =>
  [
    ['1', below1],
    ['60', below60],
    ['+Inf', below60],
  ].map(([le, values]) => [
    `workqueue_queue_duration_seconds_bucket{${target},name="ECSService",le="${le}"}`,
    values ?? '',
  ]);

const reconciling: readonly AlertCase[] = [
  fires(
    'ECSOperatorReconcileErrors',
    'every fifth pass fails',
    40,
    passes('failed', '0+1x60'),
    passes('settled', '0+4x60'),
  ),
  quiet(
    'ECSOperatorReconcileErrors',
    'one pass in a hundred fails',
    40,
    passes('failed', '0+1x60'),
    passes('settled', '0+99x60'),
  ),

  fires('ECSObjectStalled', 'a service is Stalled', 20, [
    `ecs_operator_objects{${a},kind="ECSService",condition="Stalled"}`,
    '1x30',
  ]),
  quiet(
    'ECSObjectStalled',
    'a service was Stalled for ten minutes',
    20,
    [`ecs_operator_objects{${a},kind="ECSService",condition="Stalled"}`, '1x10 0x20'],
    [`ecs_operator_objects{${a},kind="ECSService",condition="Ready"}`, '7x30'],
  ),

  fires('ECSObjectNotReady', 'a service is not Ready for an hour', 70, [
    `ecs_operator_objects{${a},kind="ECSService",condition="NotReady"}`,
    '1x80',
  ]),
  quiet('ECSObjectNotReady', 'rollouts end after twenty minutes', 70, [
    `ecs_operator_objects{${a},kind="ECSService",condition="NotReady"}`,
    '1x20 0x10 2x20 0x10 1x30',
  ]),

  fires(
    'ECSOperatorQueueWaitHigh',
    'every second object waits up to a minute',
    40,
    running(a),
    ...waits(a, '0+5x60', '0+10x60'),
  ),
  quiet(
    'ECSOperatorQueueWaitHigh',
    'all wait less than a second, but in another controller',
    40,
    running(a),
    ...waits(a, '0+10x60', '0+10x60'),
    ...waits(other, '0+5x60', '0+10x60'),
  ),

  fires('ECSOperatorWorkerStuck', 'a pass takes four minutes', 4, running(a), [
    `workqueue_longest_running_processor_seconds{${a},name="ECSService"}`,
    '0+60x20',
  ]),
  quiet(
    'ECSOperatorWorkerStuck',
    'passes take a minute, but in another controller',
    12,
    running(a),
    [`workqueue_longest_running_processor_seconds{${a},name="ECSService"}`, '60x20'],
    [`workqueue_longest_running_processor_seconds{${other},name="x"}`, '0+60x20'],
  ),

  fires('ECSOperatorWatchStale', 'a watch receives nothing', 15, [
    `ecs_operator_watch_last_event_age_seconds{${a},kind="ECSService"}`,
    '0+60x20',
  ]),
  quiet('ECSOperatorWatchStale', 'a watch receives a bookmark every minute', 15, [
    `ecs_operator_watch_last_event_age_seconds{${a},kind="ECSService"}`,
    '60x20',
  ]),

  fires('ECSDriftCorrectedRepeatedly', 'somebody changes it back every five minutes', 60, [
    `ecs_operator_drift_corrections_total{${a},kind="ECSService"}`,
    '0+0.2x60',
  ]),
  quiet('ECSDriftCorrectedRepeatedly', 'somebody changed it twice', 60, [
    `ecs_operator_drift_corrections_total{${a},kind="ECSService"}`,
    '0x20 1x10 2x40',
  ]),
];

const place = 'account="123456789012",region="eu-west-1"';
const calls = (code: string, values: string): InputSeries => [
  `ecs_operator_aws_requests_total{${a},service="ecs",operation="UpdateService",${place},code="${code}"}`,
  values,
];
const throttles = (values: string): InputSeries => [
  `ecs_operator_aws_throttles_total{${a},service="ecs",operation="UpdateService",${place}}`,
  values,
];
const tokens = (values: string): InputSeries => [
  `ecs_operator_aws_budget_tokens{${a},service="ecs",class="serviceModify",${place}}`,
  values,
];

const aws: readonly AlertCase[] = [
  fires('ECSOperatorThrottled', 'AWS refuses every tenth call', 40, throttles('0+1x60'), calls('ok', '0+9x60')),
  quiet('ECSOperatorThrottled', 'AWS refuses a few calls once', 40, throttles('0x20 5x40'), calls('ok', '0+100x60')),

  fires(
    'ECSOperatorAccessDenied',
    'the first call that is denied is the only one',
    15,
    calls('AccessDenied', '_x10 1x20'),
  ),
  fires(
    'ECSOperatorAccessDenied',
    'calls are denied every ten minutes',
    60,
    calls('AccessDenied', '1x9 2x9 3x9 4x9 5x9 6x30'),
  ),
  quiet('ECSOperatorAccessDenied', 'the last call was denied an hour ago', 60, calls('AccessDenied', '1x80')),
  quiet('ECSOperatorAccessDenied', 'calls fail for another reason', 15, calls('ServerException', '0+1x60')),

  fires('ECSOperatorBudgetExhausted', 'no call is free for twenty minutes', 25, tokens('20x2 0.5x30')),
  quiet(
    'ECSOperatorBudgetExhausted',
    'a burst of work empties the bucket for five minutes',
    25,
    tokens('20x10 0x5 20x20'),
  ),
];

const service = 'namespace="shop",name="web"';
const tasks = (desired: string, runningTasks: string): readonly InputSeries[] => [
  [`ecs_operator_service_desired_tasks{job="ecs-operator-metrics",instance="a:8080",pod="a",${service}}`, desired],
  [`ecs_operator_service_running_tasks{job="ecs-operator-metrics",instance="a:8080",pod="a",${service}}`, runningTasks],
];

const services: readonly AlertCase[] = [
  fires('ECSServiceBelowDesired', 'one task of three is missing', 20, ...tasks('3x30', '2x30')),
  quiet('ECSServiceBelowDesired', 'it scales out and in', 20, ...tasks('3x5 5x5 2x20', '3x8 5x3 3x2 2x20')),

  fires('ECSServiceRolloutStuck', 'a rollout takes seventy minutes', 70, [
    `ecs_operator_service_rollout_age_seconds{pod="a",${service}}`,
    '0+60x80',
  ]),
  quiet('ECSServiceRolloutStuck', 'a rollout takes half an hour', 70, [
    `ecs_operator_service_rollout_age_seconds{pod="a",${service}}`,
    '0+60x30 0x60',
  ]),
];

/** For each alert a case in which it fires, and one close to it in which it does not. */
export const alertCases: readonly AlertCase[] = [...availability, ...reconciling, ...aws, ...services];
