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

  [aws('AlreadyExists', 'AutoScalingGroup by this name already exists'), 'rejected', 'NameTaken'],

  [
    aws('ResourceInUseException', 'The specified capacity provider is in use and cannot be removed.'),
    'blocked',
    'InUse',
    'PutClusterCapacityProviders',
  ],
  [
    aws(
      'ClientException',
      'The capacity provider cannot be deleted because it is associated with cluster: main. Remove the capacity provider from the cluster and try again.',
    ),
    'blocked',
    'InUse',
    'DeleteCapacityProvider',
  ],
  [
    aws(
      'ClientException',
      'Cannot delete capacity provider. Daemon services are still associated with this capacity provider.',
    ),
    'blocked',
    'InUse',
    'DeleteCapacityProvider',
  ],
  [
    aws('InvalidParameterException', 'The capacity provider could not be deleted while it has running tasks.'),
    'blocked',
    'InUse',
    'DeleteCapacityProvider',
  ],
  [
    aws(
      'InvalidParameterException',
      'The specified capacity provider is reserved by Amazon ECS and cannot be deleted.',
    ),
    'rejected',
    'InvalidParameter',
    'DeleteCapacityProvider',
  ],
  [
    aws(
      'ClientException',
      'The Cluster cannot be deleted while Cluster Scoped Capacity Providers are attached to the cluster.',
    ),
    'blocked',
    'InUse',
    'DeleteCluster',
  ],
  [
    aws(
      'InvalidParameterException',
      'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.',
    ),
    'blocked',
    'CapacityProviderNotAssociated',
  ],
  [
    aws(
      'ClientException',
      'The specified Auto Scaling group ARN is already being used by another capacity provider. Specify a unique Auto Scaling group ARN and try again.',
    ),
    'terminal',
    'GroupInUse',
    'CreateCapacityProvider',
  ],
  [
    aws('ClientException', 'The specified Auto Scaling group ARN is invalid or does not exist.'),
    'rejected',
    'InvalidParameter',
    'CreateCapacityProvider',
  ],
  ...(['PutClusterCapacityProviders', 'CreateCluster', 'UpdateService', 'CreateService'] as const).map(
    (operation): Row => [
      aws('InvalidParameterException', 'The specified capacity provider does not exist. Specify a valid name or ARN.'),
      'blocked',
      'DependencyNotFound',
      operation,
    ],
  ),
  [
    aws('ClientException', 'The specified capacity provider does not exist. Specify a valid name or ARN.'),
    'absent',
    'NotFound',
    'DeleteCapacityProvider',
  ],
  [
    aws(
      'ClientException',
      'The specified capacity provider already exists. To change it, update the capacity provider.',
    ),
    'rejected',
    'NameTaken',
    'CreateCapacityProvider',
  ],
  [
    aws('UpdateInProgressException', 'The specified cluster is in a busy state.'),
    'progressing',
    'UpdateInProgress',
    'PutClusterCapacityProviders',
  ],
  [
    aws('ClientException', 'The specified capacity provider is in a busy state. Wait for the update to complete.'),
    'progressing',
    'UpdateInProgress',
    'UpdateCapacityProvider',
  ],
  [aws('ResourceInUseException', 'The specified resource is in-use.'), 'progressing', 'ResourceInUse'],
  [
    aws('InvalidParameterException', 'Found running tasks on the instance.'),
    'blocked',
    'InUse',
    'DeregisterContainerInstance',
  ],
  [
    aws('InvalidParameterException', 'The specified container instance was not found.'),
    'absent',
    'NotFound',
    'DeregisterContainerInstance',
  ],

  [
    aws('ValidationError', "AutoScalingGroup name not found - AutoScalingGroup 'web' not found"),
    'absent',
    'NotFound',
    'UpdateAutoScalingGroup',
  ],
  [aws('ValidationError', 'No warm pool found for Auto Scaling group web'), 'absent', 'NotFound', 'DeleteWarmPool'],
  [aws('ValidationError', 'No Lifecycle Hook found with name drain'), 'absent', 'NotFound', 'DeleteLifecycleHook'],
  [aws('ActiveInstanceRefreshNotFound'), 'progressing', 'UpdateInProgress', 'CancelInstanceRefresh'],
  [
    aws(
      'AlreadyExists',
      'AutoScalingGroup by this name already exists - A group with the name web already exists and is pending delete.',
    ),
    'progressing',
    'Deleting',
    'CreateAutoScalingGroup',
  ],
  [
    aws('ValidationError', 'The AutoScaling group may not be modified while it is pending delete'),
    'progressing',
    'Deleting',
    'UpdateAutoScalingGroup',
  ],
  [
    aws(
      'ResourceInUse',
      'You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.',
    ),
    'progressing',
    'ResourceInUse',
    'DeleteAutoScalingGroup',
  ],
  [
    aws('ResourceInUse', 'The Auto Scaling group web cannot be deleted: its deletion protection is on.'),
    'blocked',
    'DeletionProtected',
    'DeleteAutoScalingGroup',
  ],
  [
    aws('ValidationError', 'An active instance refresh with a desired configuration exists.'),
    'progressing',
    'UpdateInProgress',
    'UpdateAutoScalingGroup',
  ],
  [aws('IrreversibleInstanceRefresh'), 'rejected', 'IrreversibleInstanceRefresh', 'RollbackInstanceRefresh'],
  [
    aws(
      'ValidationError',
      'You must use a valid fully-formed launch template. The specified launch template, with template ID lt-1, does not exist.',
    ),
    'blocked',
    'LaunchTemplateNotFound',
    'CreateAutoScalingGroup',
  ],
  [
    aws(
      'InvalidQueryParameter',
      'Invalid launch template: When a network interface is provided, the groups belong to it.',
    ),
    'rejected',
    'InvalidParameter',
    'CreateAutoScalingGroup',
  ],
  [
    aws('ValidationError', 'The instance i-1 is not part of Auto Scaling group web.'),
    'progressing',
    'InstanceChanging',
    'SetInstanceProtection',
  ],
  [aws('ServiceLinkedRoleFailure'), 'rejected', 'RoleNotReady', 'CreateAutoScalingGroup'],
  [
    aws('ValidationError', 'Max bound, 1, must be greater than or equal to min bound, 2'),
    'rejected',
    'InvalidParameter',
    'CreateAutoScalingGroup',
  ],

  [
    aws('InvalidLaunchTemplateName.NotFoundException', 'The specified launch template does not exist.'),
    'absent',
    'NotFound',
    'DescribeLaunchTemplates',
  ],
  [aws('InvalidLaunchTemplateId.NotFound'), 'absent', 'NotFound', 'DeleteLaunchTemplate'],
  [aws('InvalidLaunchTemplateId.VersionNotFound'), 'absent', 'NotFound', 'ModifyLaunchTemplate'],
  [aws('InvalidAMIID.NotFound'), 'blocked', 'DependencyNotFound', 'CreateLaunchTemplateVersion'],
  [
    aws('InvalidLaunchTemplateName.AlreadyExistsException', 'Launch template name already in use.'),
    'rejected',
    'NameTaken',
    'CreateLaunchTemplate',
  ],
  [aws('InvalidLaunchTemplateId.Malformed'), 'rejected', 'InvalidParameter'],
  [aws('InvalidUserData.Malformed'), 'rejected', 'InvalidParameter'],
  [aws('InvalidParameterValue'), 'rejected', 'InvalidParameter'],
  [aws('InvalidParameterCombination'), 'rejected', 'InvalidParameter'],
  [aws('InvalidInstanceType'), 'rejected', 'InvalidParameter'],
  [aws('VersionLimitExceeded'), 'terminal', 'QuotaExceeded'],
  [aws('LaunchTemplateLimitExceeded'), 'terminal', 'QuotaExceeded'],
  [aws('MaxTemplateLimitExceeded'), 'terminal', 'QuotaExceeded'],
  [aws('TagLimitExceeded'), 'terminal', 'QuotaExceeded'],
  [aws('ResourceLimitExceeded'), 'terminal', 'QuotaExceeded'],
  [
    aws('AuthFailure', 'AWS was not able to validate the provided access credentials'),
    'failed',
    'CredentialsUnavailable',
    'DescribeLaunchTemplates',
  ],
  [
    aws('UnauthorizedOperation', 'User: u is not authorized to perform: iam:PassRole on resource: r'),
    'terminal',
    'PassRoleDenied',
    'CreateLaunchTemplate',
  ],

  [aws('ParameterNotFound'), 'absent', 'NotFound', 'GetParameters'],
  [aws('InvalidKeyId'), 'rejected', 'InvalidParameter', 'GetParameters'],

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

test('a refusal heals by itself where a role or a load balancer may be in the making, and nowhere else', () => {
  const healing = rows.filter(([error, , , operation = 'UpdateService']) => fromAws(error, operation).heals);
  expect(new Set(healing.map(([, disposition, reason]) => `${disposition} ${reason}`))).toEqual(
    new Set(['rejected RoleNotReady', 'rejected TargetGroupNotAttached']),
  );
  expect(healing).toHaveLength(
    rows.filter(([, , reason]) => /^(RoleNotReady|TargetGroupNotAttached)$/.test(reason)).length,
  );
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

test('a denial says the same each time, without the text that only AWS can decode', () => {
  const denied = (encoded: string) =>
    aws(
      'UnauthorizedOperation',
      `You are not authorized to perform this operation. User: u is not authorized to perform: ec2:CreateLaunchTemplate on resource: r. Encoded authorization failure message: ${encoded}`,
      403,
    );
  const [first, second] = ['Zz0_a-1', 'Q9'].map((encoded) => fromAws(denied(encoded), 'CreateLaunchTemplate').message);
  expect(first).toBe(second);
  expect(first).toContain('on resource: r. Allow ec2:CreateLaunchTemplate in');
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
