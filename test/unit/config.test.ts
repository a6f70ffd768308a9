import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import { type Config, ConfigError, loadConfig, usage } from '../../src/config.ts';

const env = { AWS_REGION: 'us-east-1' };

function config(argv: readonly string[], environment: Readonly<Record<string, string | undefined>> = env): Config {
  const loaded = loadConfig(argv, environment);
  if (loaded === 'help') throw new Error('help');
  return loaded;
}

describe('the configuration', () => {
  test('needs nothing but a region', () => {
    expect(config([])).toEqual({
      region: 'us-east-1',
      namespace: undefined,
      labelSelector: undefined,
      awsAccounts: true,
      logLevel: 'info',
      resyncMs: 300_000,
      concurrency: 100,
      quotaScale: 1,
      leaderElection: {
        enabled: true,
        namespace: 'default',
        shards: 1,
        leaseDurationMs: 15_000,
        renewDeadlineMs: 10_000,
        retryPeriodMs: 2_000,
      },
      metricsAddress: undefined,
      healthAddress: undefined,
      tracesEndpoint: undefined,
      instance: hostname(),
    });
  });

  test.each<[keyof Config, string, string, string, unknown, unknown]>([
    ['region', '--region=eu-west-1', 'AWS_REGION', 'ap-south-1', 'eu-west-1', 'ap-south-1'],
    ['namespace', '--namespace=a', 'ECS_OPERATOR_NAMESPACE', 'b', 'a', 'b'],
    ['logLevel', '--log-level=debug', 'ECS_OPERATOR_LOG_LEVEL', 'warn', 'debug', 'warn'],
    ['resyncMs', '--resync=10', 'ECS_OPERATOR_RESYNC', '20', 10_000, 20_000],
    ['concurrency', '--concurrency=3', 'ECS_OPERATOR_CONCURRENCY', '4.9', 3, 4],
    ['quotaScale', '--aws-quota-scale=0.5', 'ECS_OPERATOR_AWS_QUOTA_SCALE', '2', 0.5, 2],
    ['labelSelector', '--label-selector=team=a', 'ECS_OPERATOR_LABEL_SELECTOR', 'team=b', 'team=a', 'team=b'],
    ['awsAccounts', '--aws-accounts=false', 'ECS_OPERATOR_AWS_ACCOUNTS', 'true', false, true],
    [
      'metricsAddress',
      '--metrics-bind-address=:8080',
      'ECS_OPERATOR_METRICS_BIND_ADDRESS',
      '127.0.0.1:1',
      { host: undefined, port: 8080 },
      { host: '127.0.0.1', port: 1 },
    ],
    [
      'healthAddress',
      '--health-probe-bind-address=[::1]:8081',
      'ECS_OPERATOR_HEALTH_PROBE_BIND_ADDRESS',
      '0',
      { host: '::1', port: 8081 },
      undefined,
    ],
    [
      'tracesEndpoint',
      '--traces-endpoint=http://a:4318',
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'https://b',
      'http://a:4318',
      'https://b',
    ],
  ])('%s is taken from %s before %s=%s', (field, flag, name, value, fromFlag, fromEnvironment) => {
    const environment = { ...env, [name]: value };
    expect(config([flag], environment)[field]).toEqual(fromFlag);
    expect(config([], environment)[field]).toEqual(fromEnvironment);
    expect(usage).toContain(flag.slice(0, flag.indexOf('=')));
    expect(usage).toContain(name);
  });

  test.each<[keyof Config['leaderElection'], string, string, string, unknown, unknown]>([
    ['enabled', '--leader-elect=false', 'ECS_OPERATOR_LEADER_ELECT', 'true', false, true],
    ['namespace', '--leader-election-namespace=a', 'POD_NAMESPACE', 'b', 'a', 'b'],
    ['shards', '--shards=3', 'ECS_OPERATOR_SHARDS', '2', 3, 2],
    ['leaseDurationMs', '--lease-duration=30', 'ECS_OPERATOR_LEASE_DURATION', '20', 30_000, 20_000],
    ['renewDeadlineMs', '--renew-deadline=5', 'ECS_OPERATOR_RENEW_DEADLINE', '6', 5_000, 6_000],
    ['retryPeriodMs', '--retry-period=1', 'ECS_OPERATOR_RETRY_PERIOD', '0.5', 1_000, 500],
  ])('of leader election: %s is taken from %s before %s=%s', (field, flag, name, value, fromFlag, fromEnvironment) => {
    const environment = { ...env, [name]: value };
    expect(config([flag], environment).leaderElection[field]).toBe(fromFlag);
    expect(config([], environment).leaderElection[field]).toBe(fromEnvironment);
    expect(usage).toContain(flag.slice(0, flag.indexOf('=')));
    expect(usage).toContain(name);
  });

  test('takes what is empty as not given, as a chart passes what nobody set', () => {
    const empty = { ...env, ECS_OPERATOR_NAMESPACE: '', ECS_OPERATOR_RESYNC: '', ECS_OPERATOR_CONCURRENCY: '' };
    expect(config(['--namespace=', '--resync='], empty)).toEqual(config([]));
  });

  test('finds the region where the AWS tools do', () => {
    expect(config([], { AWS_DEFAULT_REGION: 'eu-west-1' }).region).toBe('eu-west-1');
  });

  test('is called by the name of the pod', () => {
    expect(config([], { ...env, POD_NAME: 'ecs-operator-0' }).instance).toBe('ecs-operator-0');
  });

  test('is not needed for help', () => {
    expect(loadConfig(['--help'], {})).toBe('help');
  });
});

describe('a mistake is told with the flag that it is in', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['no region', [], /--region or set AWS_REGION/],
    ['an unknown flag', ['--regoin=x'], /--regoin/],
    ['a stray word', ['--region=x', 'now'], /now/],
    ['a flag without its value', ['--region'], /--region/],
    ['an unknown level', ['--region=x', '--log-level=loud'], /--log-level is "loud"; it must be one of trace,/],
    [
      'something that is no number',
      ['--region=x', '--resync=soon'],
      /--resync is "soon"; it must be a number of at least 1/,
    ],
    [
      'a number too small',
      ['--region=x', '--concurrency=0'],
      /--concurrency is "0"; it must be a number of at least 1/,
    ],
    [
      'what is neither true nor false',
      ['--region=x', '--leader-elect=yes'],
      /--leader-elect is "yes"; it must be true or/,
    ],
    [
      'no address',
      ['--region=x', '--metrics-bind-address=8080'],
      /--metrics-bind-address is "8080"; it must be HOST:PORT/,
    ],
    ['no port', ['--region=x', '--metrics-bind-address=:99999'], /--metrics-bind-address is ":99999"/],
    ['no URL', ['--region=x', '--traces-endpoint=otel:4318'], /--traces-endpoint is "otel:4318"; it must be a URL/],
    [
      'a leader that outlives its Lease',
      ['--region=x', '--lease-duration=10'],
      /--lease-duration is 10; it must be longer than --renew-deadline, which is 10/,
    ],
    [
      'a leader that tries once',
      ['--region=x', '--retry-period=9'],
      /--renew-deadline is 10; it must be more than 1.2 times --retry-period, which is 9/,
    ],
    [
      'more shards than the role has Leases for',
      ['--region=x', '--shards=33'],
      /--shards is 33; it must be at most 32/,
    ],
    ['no number at all', ['--region=x', '--aws-quota-scale=Infinity'], /--aws-quota-scale is "Infinity"/],
  ])('%s', (_what, argv, message) => {
    expect(() => loadConfig(argv, {})).toThrow(ConfigError);
    expect(() => loadConfig(argv, {})).toThrow(message);
  });
});
