import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Config, loadConfig } from '../../src/config.ts';
import { maxShards } from '../../src/kube/leader-layout.ts';
import { testCluster } from '../support/cluster.ts';
import {
  chart,
  createHelm,
  type Helm,
  leastValues,
  pick,
  type Rendered,
  repository,
  type Values,
} from '../support/helm.ts';
import { type Access, accessManifests } from '../support/helm-access.ts';
import { environmentOf, podSpecOf } from '../support/helm-pod.ts';
import { run } from '../support/kubectl.ts';

const cluster = testCluster();
let helm: Helm;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'ecs-operator-chart-'));
  helm = await createHelm({ binary: cluster.helm, kubeconfig: cluster.kubeconfig(), home });
});

afterAll(() => rm(home, { recursive: true, force: true }));

const region = { aws: { region: 'eu-west-1' } };
const everything: Values = {
  ...region,
  networkPolicy: { egress: { enabled: true } },
  metrics: { serviceMonitor: { enabled: true }, prometheusRule: { enabled: true }, dashboard: { enabled: true } },
};

/** A name as long as a Service's may be. */
const longest = 'n'.repeat(63);
/** The user and the groups of a pod, left to the cluster. */
const nobody = { runAsUser: null, runAsGroup: null, fsGroup: null };
/** The way out closed, but for what the policy names. */
const closed = (more: Values = {}): Values => ({ networkPolicy: { egress: { enabled: true, ...more } } });

const template = ['template', 'x', chart, '--kube-version', '1.36.0'];

const container = (rendered: readonly Rendered[]) => podSpecOf(pick(rendered, 'Deployment')).containers[0];

/** What the operator makes of the flags and variables that the chart gives it. */
async function configOf(values: Values): Promise<Config> {
  const found = container(await helm.render(values));
  const config = loadConfig(found.args, environmentOf(found, { name: 'pod-1', namespace: 'ecs-operator' }));
  if (config === 'help') throw new Error('the chart asks for help');
  return config;
}

describe('the chart', () => {
  test('passes helm lint', async () => {
    const { exitCode, stdout } = await helm.lint(everything);
    expect(stdout).toContain('0 chart(s) failed');
    expect(exitCode).toBe(0);
  });

  test('has the version of package.json, which is its app’s too', () => {
    const { version }: { version: string } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
    const { version: ofChart, appVersion } = parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8'));
    expect({ ofChart, appVersion }).toEqual({ ofChart: version, appVersion: version });
  });

  test('gives every object the release’s labels', async () => {
    for (const { kind, metadata } of await helm.render(everything)) {
      expect(metadata.labels, `${kind} ${metadata.name}`).toMatchObject({
        'app.kubernetes.io/instance': 'ecs-operator',
        'app.kubernetes.io/managed-by': 'Helm',
      });
    }
  });

  test('installs the CRDs as they are in crds/, kept when the release goes', async () => {
    const crds = (await helm.render(region)).filter(({ kind }) => kind === 'CustomResourceDefinition');
    expect(crds.length).toBeGreaterThan(5);
    for (const { metadata, spec } of crds) {
      const [plural, ...group] = metadata.name.split('.');
      const file = readFileSync(join(repository, `crds/${group.join('.')}_${plural}.yaml`), 'utf8');
      expect(spec).toEqual(parse(file).spec);
      expect(metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' });
    }
  });

  test('lets CRDs go, and past their guard, when they are not to be kept', async () => {
    const rendered = await helm.render({ ...region, crds: { keep: false } });
    expect(pick(rendered, 'CustomResourceDefinition', 'ecsclusters.ecs-operator.dev').metadata.annotations).toEqual({
      'ecs-operator.dev/allow-deletion': 'true',
    });
    expect(pick(rendered, 'ValidatingAdmissionPolicy').metadata.annotations).toBeUndefined();
  });

  test.each<[string, Values]>([
    ['for all namespaces', {}],
    ['for one namespace', { watch: { namespace: 'team-a' } }],
  ])('%s shares nothing that is in no namespace with a release of another name', async (_, values) => {
    const second = { ...everything, ...values, crds: { install: false }, rbac: { userRoles: false } };
    const clusterWide = async (name: string): Promise<readonly string[]> =>
      (await helm.render(second, { name, namespace: 'ecs-operator' }))
        .filter(({ metadata }) => metadata.namespace === undefined)
        .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    const [first, other] = [await clusterWide('ecs-operator'), await clusterWide('team-b')];
    expect(first).toHaveLength(2);
    expect(other).toHaveLength(2);
    expect(first.filter((one) => other.includes(one))).toEqual([]);
  });

  test.each<[string, Values, string]>([
    ['a release', {}, longest.slice(0, 53)],
    ['fullnameOverride', { fullnameOverride: longest }, 'x'],
  ])('gives no object too long a name when that of %s is as long as it may be', async (_, values, name) => {
    const rendered = await helm.render(
      { ...everything, ...values, rbac: { userRoles: false } },
      { name, namespace: 'ecs-operator' },
    );
    const namespaced = rendered.filter(({ metadata }) => metadata.namespace !== undefined);
    expect(namespaced.filter(({ metadata }) => metadata.name.length > 63)).toEqual([]);
    expect(pick(rendered, 'ConfigMap').metadata.name).toMatch(/^n+-dashboard$/);
    expect(pick(rendered, 'Service').metadata.name).toMatch(/^n+-metrics$/);
  });
});

describe('a chart that depends on this one', () => {
  let umbrella: string;

  beforeAll(async () => {
    umbrella = join(home, 'umbrella');
    await mkdir(join(umbrella, 'charts'), { recursive: true });
    await cp(chart, join(umbrella, 'charts/ecs-operator'), { recursive: true });
    const dependency = { name: 'ecs-operator', version: '>=0.0.0-0', condition: 'ecs-operator.enabled' };
    const described = { apiVersion: 'v2', name: 'umbrella', version: '1.0.0', dependencies: [dependency] };
    await writeFile(join(umbrella, 'Chart.yaml'), JSON.stringify(described));
  });

  const render = (values: Values): Promise<readonly Rendered[]> =>
    helm.render({ global: { team: 'a' }, 'ecs-operator': { ...region, ...values } }, undefined, umbrella);

  test('may turn it on and off by a condition', async () => {
    expect(pick(await render({ enabled: true }), 'Deployment').metadata.name).toBe('ecs-operator');
    expect(await render({ enabled: false })).toEqual([]);
  });

  test('may take out what it has by default', async () => {
    const { securityContext } = podSpecOf(pick(await render({ podSecurityContext: nobody }), 'Deployment'));
    expect(securityContext).toEqual({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  });
});

describe('a pod', () => {
  test('may do nothing on its node', async () => {
    const spec = podSpecOf(pick(await helm.render(region), 'Deployment'));
    expect(spec.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 65_532,
      runAsGroup: 65_532,
      fsGroup: 65_532,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(spec.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('runs as the user and the groups that the values name, or that the cluster chooses', async () => {
    const contextOf = async (podSecurityContext: Values): Promise<Values> =>
      podSpecOf(pick(await helm.render({ ...region, podSecurityContext }), 'Deployment')).securityContext;
    const always = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
    expect(await contextOf(nobody)).toEqual(always);
    const own = { runAsUser: 1_000_680_000, fsGroup: null };
    expect(await contextOf(own)).toEqual({ ...always, runAsUser: 1_000_680_000, runAsGroup: 65_532 });
    // And not 1.00068e+09, which is no integer to the API server.
    const text = await helm.must(template, { ...region, podSecurityContext: own });
    expect(text).toContain('runAsUser: 1000680000\n');
  });

  test('is replaced by a rolling update, or with type Recreate without one', async () => {
    const specOf = async (strategy: Values): Promise<unknown> =>
      pick(await helm.render({ ...region, strategy }), 'Deployment').spec;
    const rolling = (rollingUpdate: Values): Values => ({ type: 'RollingUpdate', rollingUpdate });
    expect(await specOf({})).toHaveProperty('strategy', rolling({ maxSurge: 1, maxUnavailable: 0 }));
    const onePodLess = rolling({ maxSurge: 0, maxUnavailable: 1 });
    expect(await specOf(onePodLess)).toHaveProperty('strategy', onePodLess);
    expect(await specOf({ type: 'Recreate' })).toHaveProperty('strategy', { type: 'Recreate' });
  });

  test('may be asked more than once before it is ready', async () => {
    const { readinessProbe } = container(await helm.render({ ...region, readinessProbe: { successThreshold: 2 } }));
    expect(readinessProbe).toMatchObject({ successThreshold: 2 });
  });

  test('is probed where it answers, and has time to stop', async () => {
    const spec = podSpecOf(pick(await helm.render(region), 'Deployment'));
    const { livenessProbe, readinessProbe, ports } = spec.containers[0];
    expect(livenessProbe).toMatchObject({ httpGet: { path: '/healthz', port: 'health' }, failureThreshold: 6 });
    expect(readinessProbe).toMatchObject({ httpGet: { path: '/readyz', port: 'health' } });
    const config = await configOf(region);
    expect(ports).toEqual([
      { name: 'metrics', containerPort: config.metricsAddress?.port, protocol: 'TCP' },
      { name: 'health', containerPort: config.healthAddress?.port, protocol: 'TCP' },
    ]);
    // drainMs and abortMs of the engine, two seconds for Events and as long for the Leases.
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(20);
  });

  test('comes from the tag of the chart, or from the digest', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    expect(container(await helm.render(region)).image).toMatch(/^ghcr\.io\/ecs-operator\/ecs-operator:\d+\.\d+\.\d+$/);
    expect(container(await helm.render({ ...region, image: { digest } })).image).toMatch(
      new RegExp(`:[\\d.]+@${digest}$`),
    );
  });
});

interface NetworkPolicy {
  readonly policyTypes: readonly string[];
  readonly egress?: readonly { readonly to?: unknown; readonly ports?: unknown }[];
}

describe('the NetworkPolicy', () => {
  const policyOf = async (values: Values): Promise<NetworkPolicy> => {
    const { spec } = pick(await helm.render({ ...region, ...values }), 'NetworkPolicy');
    // A rendered document is untyped; the tests look at each of these fields.
    return spec as NetworkPolicy;
  };
  const tcp = (...ports: readonly number[]) => ports.map((port) => ({ port, protocol: 'TCP' }));

  test('says nothing of the way out, until that is to be closed', async () => {
    const { policyTypes, egress } = await policyOf({});
    expect(policyTypes).toEqual(['Ingress']);
    expect(egress).toBeUndefined();
  });

  test('lets out to everywhere nothing but names and the ports that the values name', async () => {
    const { policyTypes, egress = [] } = await policyOf(closed({ tcpPorts: [443, 8443] }));
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    const names = [{ port: 53, protocol: 'UDP' }, ...tcp(53)];
    expect(egress.filter(({ to }) => to === undefined)).toEqual([{ ports: names }, { ports: tcp(443, 8443) }]);
  });

  test.each([[[]], [null]])(
    'has no rule without ports, which would open all of them, when tcpPorts is %j',
    async (none) => {
      const { egress = [] } = await policyOf(closed({ tcpPorts: none }));
      expect(egress).toHaveLength(2);
      expect(egress.filter(({ ports }) => ports == null)).toEqual([]);
    },
  );

  test.each<[string, Values]>([
    ['a port that is open', { ...closed({ tcpPorts: [443, 4318] }), traces: { endpoint: 'http://[fd00::1]:4318/v1' } }],
    ['the port of https', { ...closed(), traces: { endpoint: 'https://user:1@collector/otlp' } }],
    [
      'a rule of the user’s own',
      { ...closed({ extra: [{ ports: tcp(4318) }] }), traces: { endpoint: 'http://collector:4318' } },
    ],
    [
      'a policy that is not made',
      { networkPolicy: { enabled: false, egress: { enabled: true } }, traces: { endpoint: 'http://collector:4318' } },
    ],
  ])('does not keep traces from a collector behind %s', async (_, values) => {
    expect(pick(await helm.render({ ...region, ...values }), 'Deployment')).toBeDefined();
  });
});

describe('the released chart', () => {
  test('names the image by the digest that was built: the step of the release workflow finds its place', async () => {
    const workflow = parse(readFileSync(join(repository, '.github/workflows/release.yaml'), 'utf8'));
    const steps: readonly { name?: string; run?: string }[] = workflow.jobs.release.steps;
    const step = steps.find(({ name }) => name === 'Package, push and sign the chart');
    const command = step?.run?.split('\n').find((line) => line.startsWith('sed -i')) ?? '';
    await cp(chart, join(home, 'charts/ecs-operator'), { recursive: true });
    const env = { PATH: process.env.PATH, DIGEST: `sha256:${'1'.repeat(64)}`, IMAGE: 'ghcr.io/someone/ecs-operator' };
    expect((await run('/bin/sh', ['-c', command], { cwd: home, env })).exitCode).toBe(0);
    const rendered = await helm.render(region, undefined, join(home, 'charts/ecs-operator'));
    expect(container(rendered).image).toMatch(/^ghcr\.io\/someone\/ecs-operator:\d+\.\d+\.\d+@sha256:1{64}$/);
  });
});

describe('values', () => {
  test('that nobody set give what the operator does by itself', async () => {
    const own = loadConfig(['--metrics-bind-address=:8080', '--health-probe-bind-address=:8081'], {
      AWS_REGION: 'eu-west-1',
      POD_NAME: 'pod-1',
      POD_NAMESPACE: 'ecs-operator',
    });
    expect(await configOf(region)).toEqual(own);
  });

  test.each<[Values, Partial<Config>]>([
    [{ aws: { region: 'us-gov-west-1', quotaScale: 2.5 } }, { region: 'us-gov-west-1', quotaScale: 2.5 }],
    [
      { watch: { namespace: 'team-a', labelSelector: 'team in (a,b), !legacy' } },
      { namespace: 'team-a', labelSelector: 'team in (a,b), !legacy' },
    ],
    [{ accounts: { enabled: false } }, { awsAccounts: false }],
    [
      { resync: 86_400, concurrency: 1, logLevel: 'debug' },
      { resyncMs: 86_400_000, concurrency: 1, logLevel: 'debug' },
    ],
    [{ traces: { endpoint: 'http://collector:4318' } }, { tracesEndpoint: 'http://collector:4318' }],
    [
      { ports: { metrics: 9_090, health: 9_091 } },
      { metricsAddress: { host: undefined, port: 9_090 }, healthAddress: { host: undefined, port: 9_091 } },
    ],
    [
      { shards: 3, leaderElection: { leaseDuration: 30, renewDeadline: 20, retryPeriod: 0.5 } },
      {
        leaderElection: {
          enabled: true,
          namespace: 'ecs-operator',
          shards: 3,
          leaseDurationMs: 30_000,
          renewDeadlineMs: 20_000,
          retryPeriodMs: 500,
        },
      },
    ],
  ])('%j reach the operator', async (values, expected) => {
    expect(await configOf({ ...region, ...values })).toMatchObject(expected);
  });

  test.each<[string, Values, string]>([
    ['a missing region', {}, 'aws.region is empty: set it to the AWS region'],
    ['a region that is none', { aws: { region: 'Frankfurt' } }, "at '/aws/region': 'Frankfurt' does not match pattern"],
    [
      'a misspelt value',
      { aws: { region: 'eu-west-1', regoin: 'x' } },
      "at '/aws': additional properties 'regoin' not allowed",
    ],
    ['a misspelt section', { ...region, leaderelection: {} }, "additional properties 'leaderelection' not allowed"],
    ['a text for a number', { ...region, replicas: 'two' }, "at '/replicas': got string, want integer"],
    ['no shard at all', { ...region, shards: 0 }, "at '/shards': minimum: got 0, want 1"],
    [
      'more shards than the role names Leases',
      { ...region, shards: maxShards + 1 },
      `at '/shards': maximum: got ${maxShards + 1}, want ${maxShards}`,
    ],
    [
      'a level that is none',
      { ...region, logLevel: 'verbose' },
      "at '/logLevel': value must be one of 'trace', 'debug'",
    ],
    [
      'a digest that is none',
      { ...region, image: { digest: 'latest' } },
      "at '/image/digest': 'latest' does not match pattern '^(sha256:",
    ],
    ['too little time to stop', { ...region, terminationGracePeriodSeconds: 19 }, 'minimum: got 19, want 20'],
    [
      'a label that the chart sets',
      { ...region, commonLabels: { 'app.kubernetes.io/name': 'mine' } },
      "invalid propertyName 'app.kubernetes.io/name'",
    ],
    [
      'a budget that would block every drain',
      { ...region, podDisruptionBudget: { maxUnavailable: 0 } },
      "at '/podDisruptionBudget/maxUnavailable': minimum: got 0, want 1",
    ],
    [
      'a share that would block every drain',
      { ...region, podDisruptionBudget: { maxUnavailable: '0%' } },
      "at '/podDisruptionBudget/maxUnavailable': '0%' does not match pattern",
    ],
    [
      'a liveness probe that has to succeed twice',
      { ...region, livenessProbe: { successThreshold: 2 } },
      "at '/livenessProbe/successThreshold': value must be 1",
    ],
    [
      'a rollout that could not begin',
      { ...region, strategy: { rollingUpdate: { maxSurge: 0 } } },
      'strategy.rollingUpdate.maxSurge and strategy.rollingUpdate.maxUnavailable are both 0',
    ],
    [
      'a rollout that could not begin, in percent',
      { ...region, strategy: { rollingUpdate: { maxSurge: '0%', maxUnavailable: '00%' } } },
      'strategy.rollingUpdate.maxSurge and strategy.rollingUpdate.maxUnavailable are both 0',
    ],
    [
      'root as the user',
      { ...region, podSecurityContext: { runAsUser: 0 } },
      "at '/podSecurityContext/runAsUser': minimum: got 0, want 1",
    ],
    [
      'what would weaken the pod',
      { ...region, podSecurityContext: { runAsNonRoot: false } },
      "at '/podSecurityContext': additional properties 'runAsNonRoot' not allowed",
    ],
    [
      'a collector behind a port that is closed',
      { ...region, ...closed(), traces: { endpoint: 'http://collector:4318' } },
      'networkPolicy.egress.tcpPorts does not have 4318, the port of traces.endpoint',
    ],
    [
      'a collector behind the port of http when that is closed',
      { ...region, ...closed(), traces: { endpoint: 'http://[fd00::1]/otlp' } },
      'networkPolicy.egress.tcpPorts does not have 80, the port of traces.endpoint',
    ],
    [
      'a collector behind the port of https when that is closed',
      { ...region, ...closed({ tcpPorts: [6443] }), traces: { endpoint: 'https://collector' } },
      'networkPolicy.egress.tcpPorts does not have 443, the port of traces.endpoint',
    ],
    [
      'a lease that ends before its leader does',
      { ...region, leaderElection: { renewDeadline: 20 } },
      'leaderElection.leaseDuration is 15: it must be longer than leaderElection.renewDeadline, which is 20.',
    ],
    [
      'retries that come too late',
      { ...region, leaderElection: { retryPeriod: 9 } },
      'leaderElection.renewDeadline is 10: it must be more than 1.2 times leaderElection.retryPeriod, which is 9.',
    ],
    [
      'a variable that the chart sets',
      { ...region, extraEnv: [{ name: 'AWS_REGION', value: 'x' }] },
      'extraEnv has AWS_REGION, which the chart sets itself',
    ],
    [
      'a service account without a name',
      { ...region, serviceAccount: { create: false } },
      'serviceAccount.name is empty',
    ],
    [
      'a monitor of a Service that is not there',
      { ...region, metrics: { service: { enabled: false }, serviceMonitor: { enabled: true } } },
      'leave metrics.service.enabled=true',
    ],
  ])('refuse %s with a message that names it', async (_, values, message) => {
    const { exitCode, stderr } = await helm.run(template, values);
    expect(stderr).toContain(message);
    expect(exitCode).not.toBe(0);
  });

  test.each<[string, (labels: Values) => Values]>([
    ['commonLabels', (labels) => ({ commonLabels: labels })],
    ['podLabels', (labels) => ({ podLabels: labels })],
    ['metrics.serviceMonitor.labels', (labels) => ({ metrics: { serviceMonitor: { enabled: true, labels } } })],
    ['metrics.prometheusRule.labels', (labels) => ({ metrics: { prometheusRule: { enabled: true, labels } } })],
    ['metrics.dashboard.labels', (labels) => ({ metrics: { dashboard: { enabled: true, labels } } })],
  ])('add labels by %s, but none that the chart sets', async (_, valuesOf) => {
    const added = await helm.render({ ...region, ...valuesOf({ 'app.kubernetes.io/created-by': 'team-a' }) });
    expect(JSON.stringify(added)).toContain('"app.kubernetes.io/created-by":"team-a"');
    const own = Object.keys(pick(await helm.render(region), 'Service').metadata.labels);
    expect(own).toContain('app.kubernetes.io/component');
    const values = { ...region, ...valuesOf(Object.fromEntries(own.map((label) => [label, 'mine']))) };
    const { exitCode, stderr } = await helm.run(template, values);
    expect(own.filter((label) => !stderr.includes(`invalid propertyName '${label}'`))).toEqual([]);
    expect(exitCode).not.toBe(0);
  });

  test('refuse a cluster that is too old for the guard of the CRDs', async () => {
    const { stderr } = await helm.run(['template', 'x', chart, '--kube-version', '1.29.9'], leastValues);
    expect(stderr).toContain('chart requires kubeVersion: >=1.30.0-0');
  });
});

describe('roles and bindings', () => {
  const standard: Access = { namespace: 'ecs-operator', serviceAccount: 'ecs-operator', accounts: true };

  test.each<[string, Values, Access]>([
    ['cluster-wide', {}, standard],
    ['without accounts', { accounts: { enabled: false } }, { ...standard, accounts: false }],
    ['with three shards', { shards: 3 }, standard],
    ['for one namespace', { watch: { namespace: 'team-a' } }, { ...standard, watchNamespace: 'team-a' }],
    [
      'for one namespace without accounts',
      { watch: { namespace: 'team-a' }, accounts: { enabled: false } },
      { ...standard, watchNamespace: 'team-a', accounts: false },
    ],
    ['for another account', { serviceAccount: { name: 'other' } }, { ...standard, serviceAccount: 'other' }],
  ])('%s are those that the tests run under', async (_, values, access) => {
    const rendered = await helm.render({ ...region, rbac: { userRoles: false }, ...values });
    const ours = rendered
      .filter(({ apiVersion }) => apiVersion.startsWith('rbac.'))
      .map(({ metadata: { labels: _labels, ...metadata }, ...rest }) => ({ ...rest, metadata }));
    expect(ours).toHaveLength(accessManifests(access).length);
    expect(ours).toEqual(expect.arrayContaining([...accessManifests(access)]));
  });
});
