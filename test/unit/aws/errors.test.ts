import { ClientException, ECSServiceException, InvalidParameterException } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { fromAws } from '../../../src/aws/errors.ts';
import { OperatorError } from '../../../src/errors.ts';

function aws(name: string, message = 'said AWS', httpStatusCode = 400): Error {
  return new ECSServiceException({
    name,
    message,
    $fault: httpStatusCode < 500 ? 'client' : 'server',
    $metadata: { httpStatusCode, requestId: 'r-1', attempts: 1 },
  });
}

function node(code: string, name = 'Error'): Error {
  return Object.assign(new Error(`connect ${code}`), { code, name });
}

type Row = readonly [error: Error, disposition: string, reason: string, operation?: string];

const rows: readonly Row[] = [
  [aws('ThrottlingException', 'Rate exceeded'), 'throttled', 'Throttled'],
  [aws('Throttling'), 'throttled', 'Throttled'],
  [aws('RequestLimitExceeded'), 'throttled', 'Throttled'],
  [aws('TooManyRequestsException'), 'throttled', 'Throttled'],
  [aws('WhoKnows', 'slow down', 429), 'throttled', 'Throttled'],
  [
    aws('ClientException', 'Too many concurrent attempts to create a new revision of the specified family.'),
    'throttled',
    'ConcurrentRegistration',
  ],

  [aws('LimitExceededException'), 'terminal', 'QuotaExceeded'],
  [aws('LimitExceededFault'), 'terminal', 'QuotaExceeded'],
  [aws('LimitExceeded'), 'terminal', 'QuotaExceeded'],
  [aws('AttributeLimitExceededException'), 'terminal', 'QuotaExceeded'],
  [aws('ServiceQuotaExceededException'), 'terminal', 'QuotaExceeded'],

  [node('ETIMEDOUT'), 'failed', 'Timeout'],
  [node('', 'TimeoutError'), 'failed', 'Timeout'],
  [node('ECONNREFUSED'), 'failed', 'ConnectionFailed'],
  [node('ECONNRESET'), 'failed', 'ConnectionFailed'],
  [node('EPIPE'), 'failed', 'ConnectionFailed'],
  [node('ENOTFOUND'), 'failed', 'ConnectionFailed'],
  [node('EAI_AGAIN'), 'failed', 'ConnectionFailed'],
  [node('EHOSTUNREACH'), 'failed', 'ConnectionFailed'],
  [node('CERT_HAS_EXPIRED'), 'failed', 'ConnectionFailed'],
  [node('DEPTH_ZERO_SELF_SIGNED_CERT'), 'failed', 'ConnectionFailed'],
  [aws('ServerException', 'oops', 500), 'failed', 'AWSServerError'],
  [aws('InternalFailure', 'oops', 500), 'failed', 'AWSServerError'],
  [aws('WhoKnows', 'oops', 503), 'failed', 'AWSServerError'],
  [aws('ResourceContentionFault'), 'failed', 'ResourceContention'],
  [node('', 'AbortError'), 'failed', 'Aborted'],

  [node('', 'CredentialsProviderError'), 'failed', 'CredentialsUnavailable'],
  [node('', 'TokenProviderError'), 'failed', 'CredentialsUnavailable'],
  [aws('ExpiredTokenException'), 'failed', 'CredentialsUnavailable'],
  [aws('UnrecognizedClientException'), 'failed', 'CredentialsUnavailable'],
  [aws('InvalidClientTokenId'), 'failed', 'CredentialsUnavailable'],
  [aws('InvalidSignatureException'), 'failed', 'SignatureRejected'],
  [aws('RequestTimeTooSkewed'), 'failed', 'SignatureRejected'],

  [
    aws('AccessDeniedException', 'User: u is not authorized to perform: ecs:UpdateService on resource: r'),
    'terminal',
    'AccessDenied',
  ],
  [aws('AccessDenied'), 'terminal', 'AccessDenied'],
  [aws('UnauthorizedOperation'), 'terminal', 'AccessDenied'],
  [
    aws('AccessDeniedException', 'User: u is not authorized to perform: iam:PassRole on resource: r'),
    'terminal',
    'PassRoleDenied',
  ],
  [
    aws('ClientException', 'User: u is not authorized to perform: iam:PassRole on resource: r'),
    'terminal',
    'PassRoleDenied',
  ],
  [
    aws('ClientException', 'User: u is not authorized to perform: ecs:TagResource on resource: r'),
    'terminal',
    'AccessDenied',
  ],

  [aws('UpdateInProgressException'), 'progressing', 'UpdateInProgress'],
  [aws('ScalingActivityInProgress'), 'progressing', 'UpdateInProgress'],
  [aws('InstanceRefreshInProgress'), 'progressing', 'UpdateInProgress'],
  [aws('ResourceInUseException'), 'progressing', 'ResourceInUse'],
  [aws('ResourceInUseFault'), 'progressing', 'ResourceInUse'],
  [aws('ServiceNotActiveException', 'Service was not ACTIVE.'), 'progressing', 'Draining'],
  [
    aws('InvalidParameterException', 'Unable to Start a service that is still Draining.'),
    'progressing',
    'Draining',
    'CreateService',
  ],

  [aws('ClusterNotFoundException', 'Cluster not found.'), 'absent', 'NotFound'],
  [aws('ServiceNotFoundException'), 'absent', 'NotFound'],
  [aws('TaskSetNotFoundException'), 'absent', 'NotFound'],
  [aws('ServiceDeploymentNotFoundException'), 'absent', 'NotFound'],
  [aws('ClientException', 'Unable to describe task definition.'), 'absent', 'NotFound', 'DescribeTaskDefinition'],
  [aws('InvalidParameterException', 'The specified cluster was not found.'), 'absent', 'NotFound'],
  [aws('ClientException', 'The specified task definition does not exist.'), 'absent', 'NotFound'],
  [aws('ClusterNotFoundException', 'Cluster not found.'), 'blocked', 'DependencyNotFound', 'CreateService'],
  [aws('ClientException', 'TaskDefinition not found.'), 'blocked', 'DependencyNotFound', 'CreateService'],

  [aws('ClusterContainsServicesException'), 'blocked', 'InUse', 'DeleteCluster'],
  [aws('ClusterContainsTasksException'), 'blocked', 'InUse', 'DeleteCluster'],
  [aws('ClusterContainsContainerInstancesException'), 'blocked', 'InUse', 'DeleteCluster'],
  [aws('ClusterContainsCapacityProviderException'), 'blocked', 'InUse', 'DeleteCluster'],

  [
    aws('InvalidParameterException', "Unable to assume role 'arn:aws:iam::1:role/r'. Please verify that it exists."),
    'rejected',
    'RoleNotReady',
  ],
  [
    aws(
      'InvalidParameterException',
      'Unable to assume the service linked role. Please verify that the ECS service linked role exists.',
    ),
    'rejected',
    'RoleNotReady',
  ],
  [aws('ClientException', 'The role arn:r is not authorized to call Amazon ECS.'), 'rejected', 'RoleNotReady'],
  [aws('ClientException', 'Role is not valid'), 'rejected', 'RoleNotReady'],
  [
    aws(
      'InvalidParameterException',
      'Please verify that the ECS service role being passed has the proper permissions.',
    ),
    'rejected',
    'RoleNotReady',
  ],
  [aws('InvalidParameterException', 'Creation of service was not idempotent.'), 'rejected', 'NameTaken'],
  [
    aws(
      'InvalidParameterException',
      'The target group with targetGroupArn arn:t does not have an associated load balancer.',
    ),
    'rejected',
    'TargetGroupNotAttached',
  ],
  [aws('InvalidParameterException', "The subnet ID 'subnet-1' does not exist."), 'rejected', 'InvalidParameter'],
  [aws('ClientException', "Invalid 'cpu' setting for task."), 'rejected', 'InvalidParameter'],
  [aws('ValidationError'), 'rejected', 'InvalidParameter'],
  [aws('ValidationException'), 'rejected', 'InvalidParameter'],
  [aws('SerializationException'), 'rejected', 'InvalidParameter'],
  [aws('BlockedException'), 'rejected', 'Blocked'],

  [aws('UnsupportedFeatureException'), 'terminal', 'UnsupportedFeature'],
  [aws('PlatformUnknownException'), 'terminal', 'PlatformIncompatible'],
  [aws('PlatformTaskDefinitionIncompatibilityException'), 'terminal', 'PlatformIncompatible'],
  [aws('IdempotentParameterMismatch'), 'terminal', 'IdempotencyConflict'],
  [aws('ConflictException'), 'terminal', 'IdempotencyConflict'],
  [aws('AlreadyExists'), 'terminal', 'NameTaken'],

  [aws('SomethingNewException'), 'failed', 'AWSError'],
  [new TypeError('a bug of ours'), 'failed', 'InternalError'],
];

test.each(
  rows.map(([error, disposition, reason, operation = 'UpdateService']) => ({
    name: Reflect.get(error, 'code') || error.name,
    message: error.message,
    operation,
    error,
    disposition,
    reason,
  })),
)('$operation: $name "$message" is $disposition $reason', ({ error, operation, disposition, reason }) => {
  const classified = fromAws(error, operation);
  expect(classified).toBeInstanceOf(OperatorError);
  expect(classified).toMatchObject({ disposition, reason, cause: error });
  expect(classified.reason).toMatch(/^[A-Z][A-Za-z]+$/);
});

describe('what the user reads', () => {
  test('names the operation, what AWS said, and what to do', () => {
    const error = fromAws(aws('LimitExceededException', 'Services per cluster limit reached'), 'CreateService');
    expect(error.message).toBe(
      'CreateService: Services per cluster limit reached. Ask for a higher quota in Service Quotas, or remove what is not needed.',
    );
    expect(error).toMatchObject({ operation: 'CreateService', requestId: 'r-1' });
  });

  test('names the action that is not allowed', () => {
    const denied = aws('AccessDeniedException', 'User: u is not authorized to perform: ecs:TagResource on resource: r');
    expect(fromAws(denied, 'CreateService').message).toContain('Allow ecs:TagResource in');
    expect(fromAws(aws('AccessDenied', 'No.'), 'CreateService').message).toContain('Allow the action of CreateService');
  });
});

test('the SDK’s own error classes are understood', () => {
  const $metadata = { httpStatusCode: 400, requestId: 'r-2' };
  const invalid = new InvalidParameterException({ message: 'bad', $metadata });
  expect(fromAws(invalid, 'CreateService')).toMatchObject({ disposition: 'rejected', requestId: 'r-2' });
  const missing = new ClientException({ message: 'Unable to describe task definition.', $metadata });
  expect(fromAws(missing, 'DescribeTaskDefinition').disposition).toBe('absent');
});

test('Retry-After is passed on', () => {
  const throttle = Object.assign(aws('ThrottlingException'), { $response: { headers: { 'retry-after': '3' } } });
  expect(fromAws(throttle, 'UpdateService').retryAfterMs).toBe(3_000);
});

test('an OperatorError passes unchanged, and what is no Error is still classified', () => {
  const own = new OperatorError('blocked', 'Mine', 'Wait.');
  expect(fromAws(own, 'UpdateService')).toBe(own);
  expect(fromAws('text', 'UpdateService')).toMatchObject({ disposition: 'failed', reason: 'InternalError' });
});
