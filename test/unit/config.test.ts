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
      logLevel: 'info',
      resyncMs: 300_000,
      concurrency: 100,
      quotaScale: 1,
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
  ])('%s is taken from %s before %s=%s', (field, flag, name, value, fromFlag, fromEnvironment) => {
    const environment = { ...env, [name]: value };
    expect(config([flag], environment)[field]).toBe(fromFlag);
    expect(config([], environment)[field]).toBe(fromEnvironment);
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
    ['no number at all', ['--region=x', '--aws-quota-scale=Infinity'], /--aws-quota-scale is "Infinity"/],
  ])('%s', (_what, argv, message) => {
    expect(() => loadConfig(argv, {})).toThrow(ConfigError);
    expect(() => loadConfig(argv, {})).toThrow(message);
  });
});
