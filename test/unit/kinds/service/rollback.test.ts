import type { Service, ServiceDeploymentStatus, ServiceRevision } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import type { ECSServiceSpec, ECSServiceStatus } from '../../../../src/kinds/service/api.ts';
import { service } from '../../../../src/kinds/service/kind.ts';
import type { ObservedService } from '../../../../src/kinds/service/observe.ts';
import { arns, desired, ecsService, liveService, summaries } from '../../../support/builders.ts';

const GOOD = arns.taskDefinition('web:1');
const BAD = arns.taskDefinition('web:2');

/** A service and AWS around it: what a user wishes, one pass, and the status that comes of it. */
class Rollout {
  status: ECSServiceStatus | undefined;
  spec: ECSServiceSpec = { cluster: 'prod', taskDefinition: GOOD, desiredCount: 2 };
  live: Partial<Service> = {};
  #deployments = 0;
  #last: Pick<ObservedService, 'lastDeployment' | 'lastTarget'> = { lastDeployment: undefined, lastTarget: undefined };

  wish(change: ECSServiceSpec): this {
    this.spec = { ...this.spec, ...change };
    return this;
  }

  /** ECS has tried this revision and taken it back. */
  takenBack(target: ServiceRevision, status: ServiceDeploymentStatus = 'ROLLBACK_SUCCESSFUL'): this {
    this.#deployments += 1;
    this.#last = {
      lastDeployment: {
        serviceDeploymentArn: `arn:deployment/${this.#deployments}`,
        status,
        rollback: { reason: 'tasks failed to start' },
      },
      lastTarget: target,
    };
    return this;
  }

  /** What is sent, how far it is; the status is written as the engine would. */
  pass(): { readonly sent: readonly object[]; readonly progress: string } {
    const of = ecsService('web', this.spec, { status: this.status });
    const wish = desired(of);
    const live = liveService(of, this.live);
    // Read by `observe` only when a rollout is due.
    const due =
      summaries(service.plan(wish, { service: live, revision: undefined, unassociated: [], ...nothing })).length > 0;
    const seen = { service: live, revision: undefined, unassociated: [], ...(due ? this.#last : nothing) };
    const sent = summaries(service.plan(wish, seen)).map((step) => ('input' in step ? step.input : step));
    const { status, progress } = service.conclude(wish, seen);
    this.status = { ...status, settledFields: service.fields(this.spec) };
    return { sent, progress: 'reason' in progress ? `${progress.kind} ${progress.reason}` : progress.kind };
  }
}

const nothing = { lastDeployment: undefined, lastTarget: undefined };
const failedAttempt: ServiceRevision = { taskDefinition: BAD, platformVersion: '1.4.0' };
const sendsBad = [{ cluster: expect.anything(), service: 'web', taskDefinition: BAD }];

describe('a revision that ECS rolled back', () => {
  test('is tried once, told, and not tried again', () => {
    const rollout = new Rollout();
    rollout.pass();
    expect(rollout.wish({ taskDefinition: BAD }).pass().sent).toMatchObject([{ taskDefinition: BAD }]);
    rollout.takenBack(failedAttempt);
    for (let again = 0; again < 3; again += 1) {
      expect(rollout.pass()).toEqual({ sent: [], progress: 'stalled RolledBack' });
    }
    expect(rollout.status?.rolledBack).toMatchObject({ deployment: 'arn:deployment/1', taskDefinition: BAD });
  });

  test('is not tried again because an autoscaler changes how many', () => {
    const rollout = new Rollout().wish({ taskDefinition: BAD }).takenBack(failedAttempt);
    rollout.pass();
    expect(rollout.wish({ desiredCount: 5 }).pass()).toEqual({
      sent: [{ cluster: expect.anything(), service: 'web', desiredCount: 5 }],
      progress: 'stalled RolledBack',
    });
  });

  test('says from where, to where and why', () => {
    const rollout = new Rollout().wish({ taskDefinition: BAD }).takenBack(failedAttempt);
    const of = ecsService('web', rollout.spec);
    const seen = {
      service: liveService(of),
      revision: undefined,
      lastDeployment: {
        serviceDeploymentArn: 'd',
        status: 'ROLLBACK_SUCCESSFUL' as const,
        rollback: { reason: 'tasks failed to start' },
      },
      lastTarget: failedAttempt,
      unassociated: [],
    };
    expect(service.conclude(desired(of), seen).progress).toEqual({
      kind: 'stalled',
      reason: 'RolledBack',
      message:
        'ECS rolled back from web:2 to web:1: tasks failed to start. It is not tried again until the spec changes.',
    });
  });

  test('is recognised when the operator was killed before it could be written down', () => {
    const rollout = new Rollout().wish({ taskDefinition: BAD }).takenBack(failedAttempt);
    expect(rollout.status).toBeUndefined();
    expect(rollout.pass()).toEqual({ sent: [], progress: 'stalled RolledBack' });
  });

  test('is on its way back while ECS is still at it', () => {
    const rollout = new Rollout().wish({ taskDefinition: BAD }).takenBack(failedAttempt, 'ROLLBACK_IN_PROGRESS');
    expect(rollout.pass()).toEqual({ sent: [], progress: 'progressing RollingBack' });
  });

  test('is tried again after the spec changed', () => {
    const rollout = new Rollout().wish({ taskDefinition: BAD }).takenBack(failedAttempt);
    rollout.pass();
    expect(rollout.wish({ enableExecuteCommand: true }).pass().sent).toMatchObject([
      { taskDefinition: BAD, enableExecuteCommand: true },
    ]);
  });

  test('is tried again when the user goes back and comes back (A, B, A, B), and told again when it fails again', () => {
    const rollout = new Rollout();
    rollout.pass();
    rollout.wish({ taskDefinition: BAD }).takenBack(failedAttempt).pass();
    expect(rollout.wish({ taskDefinition: GOOD }).pass()).toEqual({ sent: [], progress: 'live' });
    expect(rollout.wish({ taskDefinition: BAD }).pass().sent).toEqual(sendsBad);
    rollout.takenBack(failedAttempt);
    expect(rollout.pass()).toEqual({ sent: [], progress: 'stalled RolledBack' });
    expect(rollout.status?.rolledBack?.deployment).toBe('arn:deployment/2');
  });

  test('of another spec is not put down to this one', () => {
    const rollout = new Rollout().wish({ taskDefinition: BAD });
    rollout.takenBack({ taskDefinition: arns.taskDefinition('web:9') });
    expect(rollout.pass().sent).toEqual(sendsBad);
  });

  test('does not keep the rest of the spec from AWS', () => {
    const rollout = new Rollout().wish({ taskDefinition: BAD }).takenBack(failedAttempt);
    rollout.pass();
    rollout.live = { desiredCount: 5, runningCount: 5 };
    expect(rollout.pass()).toEqual({
      sent: [{ cluster: arns.cluster('prod'), service: 'web', desiredCount: 2 }],
      progress: 'stalled RolledBack',
    });
  });
});
