import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kinds } from '../../src/kinds/index.ts';
import type { FaultRule } from '../sandbox/region/index.ts';
import type { LogLine } from '../support/log-tail.ts';
import { service, taskDefinition, trio } from '../support/manifests.ts';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../support/otlp-receiver.ts';
import { type TestBed, testBed } from '../support/test-bed.ts';

/** Nobody else says these words, so each hit is a leak. */
const canaries = {
  secretKey: 'canarySecretAccessKey0123456789abcdef0123',
  sessionToken: 'canarySessionToken//0123456789abcdef==',
  environment: 'canary-value-of-a-container-variable',
  changed: 'canary-value-after-a-change',
} as const;

/** A container with a password in its environment, which nobody should do and many do. */
const withPassword = (value: string) => ({
  containerDefinitions: [{ name: 'app', image: 'nginx:1', environment: [{ name: 'PASSWORD', value }] }],
});

/** What AWS really says after a wrong signature: it repeats the headers that should have been signed. */
const wrongSignature = `The request signature we calculated does not match the signature you provided.

The Canonical String for this request should have been
'POST
/

host:ecs.us-east-1.amazonaws.com
x-amz-security-token:${canaries.sessionToken}
'`;

/** The operator as it is installed, at its most talkative, while all kinds of things go wrong. */
describe('what an operator process tells about itself', () => {
  let bed: TestBed;
  let receiver: OtlpReceiver;
  let lines: readonly LogLine[];
  let log: string;
  let bearer: string;
  let told: Readonly<Record<string, string>>;

  beforeAll(async () => {
    receiver = await startOtlpReceiver();
    bed = await testBed({
      env: {
        AWS_SECRET_ACCESS_KEY: canaries.secretKey,
        AWS_SESSION_TOKEN: canaries.sessionToken,
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      },
      values: { logLevel: 'trace', traces: { endpoint: receiver.endpoint } },
    });
    const operator = bed.operator();
    bearer = await operator.token();
    await live();
    await failures();
    told = { ...(await publicRecords()), metrics: await operator.pod.metrics() };
    await bed.stopOperator();
    lines = await operator.log.lines();
    log = await readFile(operator.log.path, 'utf8');
    told = { ...told, log, traces: receiver.bodies.join('\n') };
  }, 120_000);

  afterAll(async () => {
    await receiver.close();
    await bed.stop();
  });

  /** A service comes, changes, and has its secret changed. */
  async function live(): Promise<void> {
    const [cluster] = trio('web');
    await bed.apply(cluster, taskDefinition('web', withPassword(canaries.environment)), service('web'));
    await bed.ready('ECSService', 'web');
    await bed.apply(taskDefinition('web', withPassword(canaries.changed)), service('web', { desiredCount: 2 }));
    await bed.eventually('ECSService', 'web', 'runs two', ({ status }) => status?.runningCount === 2);
    await bed.ready('ECSService', 'web');
  }

  /** AWS refuses, denies, breaks and cuts, each once, and the user sees each. */
  async function failures(): Promise<void> {
    const { faults } = bed.region;
    let desiredCount = 2;
    const meet = async (reason: string, rule: FaultRule): Promise<void> => {
      const heal = faults.add({ ...rule, times: 0 });
      desiredCount += 1;
      await bed.apply(service('web', { desiredCount }));
      await bed.told('ECSService', 'web', reason);
      heal();
      // What AWS denied is only tried again for another spec.
      desiredCount += 1;
      await bed.apply(service('web', { desiredCount }));
      await bed.ready('ECSService', 'web');
    };
    const operation = 'UpdateService';
    const code = 'SignatureDoesNotMatch';
    await meet('SignatureRejected', { operation, fault: { kind: 'error', code, message: wrongSignature } });
    await meet('AccessDenied', { operation, fault: { kind: 'accessDenied' } });
    await meet('AWSServerError', { operation, fault: { kind: 'serverError' } });
    await meet('ConnectionFailed', { operation, fault: { kind: 'dropRequest' } });
  }

  async function publicRecords(): Promise<Record<string, string>> {
    const statuses = await Promise.all(
      kinds.map(async ({ names }) => {
        const all = ['get', names.plural, '-o', 'jsonpath={.items[*].status}'];
        return bed.kubectl(...all);
      }),
    );
    return { statuses: statuses.join('\n'), events: JSON.stringify(await bed.events()) };
  }

  it('holds no credential and no value of a container (reliability row 47)', () => {
    const secrets = { ...canaries, bearer };
    const hits = Object.entries(told).flatMap(([where, text]) =>
      Object.entries(secrets).flatMap(([what, secret]) => (text.includes(secret) ? [`${what} in ${where}`] : [])),
    );
    expect(hits).toEqual([]);
    // There was something to find it in, and the secrets were in use.
    expect(told.statuses).toContain('Ready');
    expect(told.events).toContain('does not match the signature you provided');
    expect(told.metrics).toContain('ecs_operator_service_desired_tasks');
    expect(told.traces).toContain('ECS/UpdateService');
    expect(log).toContain('SignatureDoesNotMatch');
    expect(bearer.length).toBeGreaterThan(100);
    const sent = bed.region.journal.entries.find(({ operation }) => operation === 'RegisterTaskDefinition');
    expect(JSON.stringify(sent?.input)).toContain(canaries.environment);
  });

  it('is JSON, line by line, and every line of a reconcile says whose it is', () => {
    const calling = lines.filter(({ msg }) => msg === 'calling AWS');
    expect(calling.length).toBeGreaterThan(5);
    for (const { kind, object, reconcileId } of [...calling, ...lines.filter(({ msg }) => msg === 'pass failed')]) {
      expect(kind).toMatch(/^ECS/);
      expect(object).toBe(`${bed.namespace}/web`);
      expect(reconcileId).toBeTypeOf('number');
    }
  });

  it('has a line for each call that AWS received, with its request id and for whom it was', () => {
    const called = lines.filter(({ msg }) => msg === 'called AWS');
    const answered = called.filter(({ status }) => status !== undefined);
    const own = bed.region.journal.entries.filter(({ outcome }) => outcome !== 'dropped');
    expect(answered).toHaveLength(own.length);
    for (const line of answered) expect(line.awsRequestId).toMatch(/^[\w-]{10,}$/);
    const updates = called.filter(({ operation }) => operation === 'UpdateService');
    expect(updates.every(({ kind, reconcileId }) => kind === 'ECSService' && typeof reconcileId === 'number')).toBe(
      true,
    );
    const failed = lines.find(({ msg, reason }) => msg === 'pass failed' && reason === 'AWSServerError');
    expect(called.map(({ awsRequestId }) => awsRequestId)).toContain(failed?.awsRequestId);
  });

  it('has a span for each reconcile and each call, the calls below the reconciles', () => {
    const { spans } = receiver;
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const idOf = ({ attributes }: ReceivedSpan): unknown => attributes['aws.request_id'];
    const calls = spans.filter(({ attributes }) => attributes['rpc.system'] === 'aws-api');
    const logged = lines.filter(({ msg }) => msg === 'called AWS');
    expect(calls.map(idOf).toSorted()).toEqual(logged.map(({ awsRequestId }) => awsRequestId).toSorted());
    for (const call of calls.filter(({ name }) => name.startsWith('ECS/'))) {
      const parent = byId.get(call.parentSpanId ?? '');
      expect(parent?.name).toMatch(/^reconcile ECS/);
      expect(parent?.traceId).toBe(call.traceId);
    }
    const passes = spans.filter(({ name }) => name.startsWith('reconcile '));
    const ids = passes.map(
      ({ attributes }) => `${attributes['ecs_operator.object.kind']} ${attributes['ecs_operator.reconcile.id']}`,
    );
    expect(new Set(ids).size).toBe(passes.length);
    const writes = spans.filter(({ name }) => name === 'PATCH');
    expect(writes.length).toBeGreaterThan(5);
    for (const write of writes) expect(byId.get(write.parentSpanId ?? '')?.name).toMatch(/^reconcile /);
    expect(receiver.resource).toMatchObject({
      'service.name': 'ecs-operator',
      'deployment.environment.name': 'test',
    });
  });
});
