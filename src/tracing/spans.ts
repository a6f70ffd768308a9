import type { Attributes } from '@opentelemetry/api';
import type { CallRecord } from '../aws/cloud.ts';
import type { ObservedPass } from '../engine/controller.ts';
import type { PassIdentity } from '../engine/pass.ts';
import type { RequestRecord } from '../kube/transport.ts';

/** A span as data: what it is called, what it carries, and whether it stands for a failure. */
export interface SpanFacts {
  readonly name: string;
  readonly attributes: Attributes;
  readonly error: string | undefined;
}

/** The SDK's own service ids, which are what the semantic conventions ask for. */
const SERVICE_IDS: Readonly<Record<string, string>> = {
  autoscaling: 'Auto Scaling',
  ec2: 'EC2',
  ecs: 'ECS',
  ssm: 'SSM',
  sts: 'STS',
};

/** Of a pass that has begun. */
export function passSpan({ kind, key, priority, reconcileId }: PassIdentity): Omit<SpanFacts, 'error'> {
  const [namespace, name] = key.split('/');
  return {
    name: `reconcile ${kind}`,
    attributes: {
      'k8s.namespace.name': namespace,
      'ecs_operator.object.kind': kind,
      'ecs_operator.object.name': name,
      'ecs_operator.reconcile.id': reconcileId,
      'ecs_operator.reconcile.priority': priority,
    },
  };
}

/** What is known once it is over. */
export function passEnd({ result, identity, waitedMs }: ObservedPass): Omit<SpanFacts, 'name'> {
  const reason = 'reason' in result ? result.reason : undefined;
  const failed = result.kind === 'failed' || result.kind === 'terminal';
  return {
    attributes: {
      'ecs_operator.object.generation': identity.generation,
      'ecs_operator.reconcile.outcome': result.kind,
      'ecs_operator.reconcile.reason': reason,
      'ecs_operator.reconcile.queued_seconds': waitedMs / 1_000,
      'error.type': failed ? reason : undefined,
    },
    error: failed ? reason : undefined,
  };
}

/** https://opentelemetry.io/docs/specs/semconv/cloud-providers/aws-sdk/ */
export function callSpan(call: CallRecord): SpanFacts {
  const service = SERVICE_IDS[call.service] ?? call.service;
  return {
    name: `${service}/${call.operation}`,
    attributes: {
      'rpc.system': 'aws-api',
      'rpc.service': service,
      'rpc.method': call.operation,
      'cloud.region': call.region,
      'cloud.account.id': call.account === '' ? undefined : call.account,
      'aws.request_id': call.requestId,
      'http.response.status_code': call.status,
      'http.request.resend_count': call.attempts > 1 ? call.attempts - 1 : undefined,
      'error.type': call.reason,
    },
    error: call.reason,
  };
}

/** A write to the API server. */
export function requestSpan({ method, path, status }: RequestRecord): SpanFacts {
  const failed = status === undefined || status >= 400;
  const error = failed ? String(status ?? 'ConnectionFailed') : undefined;
  return {
    name: method,
    attributes: {
      'http.request.method': method,
      'url.path': path,
      'http.response.status_code': status,
      'error.type': error,
    },
    error,
  };
}
