import { type Rule, vague } from './errorrule.ts';

/**
 * Code and message to meaning, in order (reliability §5). Few messages are documented: most patterns are as people quote them in issues,
 * so each is loose, and a wrong one costs a retry, not an outage. What is not here is `failed`: retried with backoff, never terminal at first sight.
 */
export const generalRules: readonly Rule[] = [
  {
    // A quota, though the SDK takes the name for throttling (reliability §5).
    code: /^(?!Request)(\w*LimitExceeded|ServiceQuotaExceeded)$/,
    disposition: 'terminal',
    reason: 'QuotaExceeded',
    advice: 'Ask for a higher quota in Service Quotas, or remove what is not needed.',
  },
  {
    code: /^(Throttling|ThrottledRequest|RequestThrottled|RequestLimitExceeded|TooManyRequests)$/,
    disposition: 'throttled',
    reason: 'Throttled',
    advice: 'The call is repeated when the rate limit allows it.',
  },
  {
    // hashicorp/terraform-provider-aws#9777: two registrations for one family at the same moment.
    code: vague,
    message: /too many concurrent attempts/i,
    disposition: 'throttled',
    reason: 'ConcurrentRegistration',
    advice: 'Another revision of this family was being registered; the call is repeated shortly.',
  },
  {
    code: /^(CredentialsProviderError|TokenProviderError|ExpiredToken|UnrecognizedClient|InvalidClientTokenId)$/,
    disposition: 'failed',
    reason: 'CredentialsUnavailable',
    advice: 'Give the operator AWS credentials (EKS Pod Identity, IRSA or environment) that have not expired.',
  },
  {
    code: /^AuthFailure$/,
    message: /validate the provided access credentials/i,
    disposition: 'failed',
    reason: 'CredentialsUnavailable',
    advice: 'Give the operator AWS credentials (EKS Pod Identity, IRSA or environment) that have not expired.',
  },
  {
    // Raised when this machine's clock is off; the SDK learns the offset from the answer, so the next try is right.
    code: /^(RequestTimeTooSkewed|RequestInTheFuture|RequestExpired|InvalidSignature|SignatureDoesNotMatch)$/,
    disposition: 'failed',
    reason: 'SignatureRejected',
    advice: "Check this machine's clock and the secret access key.",
  },
  {
    // Roles and their trust policies are made elsewhere, often at the same time, and take seconds to be seen everywhere: not final.
    code: /^AccessDenied$/,
    operation: /^AssumeRole$/,
    disposition: 'failed',
    reason: 'AccessDenied',
    advice:
      "Allow sts:AssumeRole on that role in the operator's IAM policy, and let the role's trust policy name the operator's principal, with the sts:ExternalId that spec.externalId of the AWSAccount says, if it asks for one.",
  },
  {
    code: /^(AccessDenied|UnauthorizedOperation|Client|InvalidParameter|ValidationError)$/,
    message: /not authorized to perform: iam:PassRole/,
    disposition: 'terminal',
    reason: 'PassRoleDenied',
    advice: 'Allow the operator iam:PassRole on that role.',
  },
  {
    code: /^(AccessDenied|UnauthorizedOperation|NotAuthorized|OptInRequired)$/,
    disposition: 'terminal',
    reason: 'AccessDenied',
    advice: "Allow {action} in the operator's IAM policy, and check service control policies.",
  },
  {
    code: vague,
    message: /^User: .* is not authorized to perform/,
    disposition: 'terminal',
    reason: 'AccessDenied',
    advice: "Allow {action} in the operator's IAM policy, and check service control policies.",
  },
  {
    code: /^UpdateInProgress$/,
    disposition: 'progressing',
    reason: 'UpdateInProgress',
    advice: 'AWS is still working on an earlier change; this one follows.',
  },
  {
    code: /^ResourceInUse$/,
    disposition: 'progressing',
    reason: 'ResourceInUse',
    advice: 'AWS still uses it for something else; the call is repeated.',
  },
  {
    code: /^ResourceContention$/,
    disposition: 'failed',
    reason: 'ResourceContention',
    advice: 'Another change of the same resource is under way; the call is repeated.',
  },
  {
    // Only a service that is DRAINING or INACTIVE is not active, and a DRAINING one becomes INACTIVE by itself (SV-10).
    code: /^(Service|Daemon)NotActive$/,
    disposition: 'progressing',
    reason: 'Draining',
    advice: 'It is being deleted in AWS; wait until it is INACTIVE.',
  },
  {
    code: vague,
    message: /still draining/i,
    disposition: 'progressing',
    reason: 'Draining',
    advice: 'The name is free again when the old service is INACTIVE.',
  },
  {
    code: /^ClusterContains/,
    disposition: 'blocked',
    reason: 'InUse',
    advice: 'What is stopping goes by itself; delete what else the cluster contains.',
  },
  {
    code: /NotFound$/,
    disposition: 'absent',
    reason: 'NotFound',
    advice: 'It does not exist in this account and region.',
  },
  {
    // TR-09: right after the first use in an account the service-linked role is still being made. A new role takes seconds to be seen.
    code: vague,
    message:
      /unable to assume|service.linked role|role\b.*\bnot (authorized|valid)|role being passed has the proper permissions/i,
    disposition: 'rejected',
    heals: true,
    reason: 'RoleNotReady',
    advice:
      'If the role is new this heals by itself; otherwise check that it exists and that its trust policy names ECS.',
  },
  {
    // Only what ECS itself keeps: a subnet or target group that "does not exist" is a matter of the spec.
    code: vague,
    message:
      /^(the )?(specified |referenced )?(cluster|service|task ?definition|task ?set|capacity provider|container instance|resource)\b.*(not found|not exist)|unable to describe task definition/i,
    disposition: 'absent',
    reason: 'NotFound',
    advice: 'It does not exist in this account and region.',
  },
  {
    code: vague,
    message: /not idempotent/i,
    disposition: 'rejected',
    reason: 'NameTaken',
    advice:
      'A service of this name exists with other settings: adopt it (spec.adoptionPolicy: Adopt) or choose another name.',
  },
  {
    // The listener that attaches the target group is often made at the same time as the service, after a load balancer that takes two or three minutes.
    code: vague,
    message: /does not have an associated load balancer/i,
    disposition: 'rejected',
    heals: true,
    reason: 'TargetGroupNotAttached',
    advice: 'If its load balancer is new this heals by itself; otherwise attach the target group to a listener.',
  },
  {
    code: vague,
    disposition: 'rejected',
    reason: 'InvalidParameter',
    advice: 'Correct the spec, unless what it names is still being created.',
  },
  {
    // Nothing is created that was seen: it is ours and was not visible yet, or it is nothing that we may see. The next look tells.
    code: /AlreadyExists$/,
    disposition: 'rejected',
    reason: 'NameTaken',
    advice: 'Adopt it (spec.adoptionPolicy: Adopt) or choose another name.',
  },
  {
    // EC2 has a code of its own for each kind of identifier, such as InvalidAMIID.Malformed.
    code: /^(Invalid\w+(\.\w+)*|MissingParameter|UnknownParameter|Serialization)$/,
    disposition: 'rejected',
    reason: 'InvalidParameter',
    advice: 'Correct the spec.',
  },
  {
    code: /^Unsupported(Feature|Operation)?$/,
    disposition: 'terminal',
    reason: 'UnsupportedFeature',
    advice: 'This region or account does not offer it: take it out of the spec.',
  },
  {
    code: /^Platform(Unknown|TaskDefinitionIncompatibility)$/,
    disposition: 'terminal',
    reason: 'PlatformIncompatible',
    advice: 'Choose a platform version that exists and can run this task definition.',
  },
  {
    // Tokens are hashes of the input, so this is a resource made with the same token from another input.
    code: /^(IdempotentParameterMismatch|Conflict)$/,
    disposition: 'terminal',
    reason: 'IdempotencyConflict',
    advice: 'An earlier request with the same client token asked for something else: change the spec.',
  },
  {
    code: /^(Blocked|TargetNotConnected)$/,
    disposition: 'rejected',
    reason: 'Blocked',
    advice: 'Ask AWS Support why this account may not do it.',
  },
  {
    // Mutations are sent once, so the caller has to observe before it tries again.
    code: /^(TimeoutError|RequestTimeout|ETIMEDOUT|ESOCKETTIMEDOUT)$/,
    disposition: 'failed',
    reason: 'Timeout',
    advice: 'AWS did not answer in time; what it did is looked up before anything is repeated.',
  },
  {
    code: /^(ECONN\w+|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|NetworkingError|EPROTO|HPE_\w+|ERR_(SSL|TLS)_\w+|\w*CERT\w*)$/,
    disposition: 'failed',
    reason: 'ConnectionFailed',
    advice: 'Check the network path to the AWS endpoint (DNS, proxy, VPC endpoint).',
  },
  {
    code: /^AbortError$/,
    disposition: 'failed',
    reason: 'Aborted',
    advice: 'The operator gave up this pass; the next one looks again.',
  },
  {
    code: /^(Server|ServiceUnavailable|InternalFailure|InternalServer(Error)?|InternalError)$/,
    disposition: 'failed',
    reason: 'AWSServerError',
    advice: 'The fault is on the side of AWS; the call is repeated with backoff.',
  },
];
