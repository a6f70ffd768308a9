import { type Disposition, fromUnknown, OperatorError } from '../errors.ts';

/** One row: the first whose code and message both match decides. `advice` tells the user what to do. */
interface Rule {
  /** The error's code without the suffix `Exception` or `Fault`. */
  readonly code: RegExp;
  readonly message?: RegExp;
  readonly disposition: Disposition;
  readonly reason: string;
  readonly advice: string;
}

/** ECS answers these two for nearly everything: only the message tells a typing error from a role that is not there yet. */
const vague = /^(InvalidParameter|Client|Validation|ValidationError)$/;

/**
 * Code and message to meaning, in order (reliability §5). Few messages are documented: most patterns are as people quote them in issues,
 * so each is loose, and a wrong one costs a retry, not an outage. What is not here is `failed`: retried with backoff, never terminal at first sight.
 */
const rules: readonly Rule[] = [
  {
    // A quota, though the SDK takes the name for throttling (reliability §5).
    code: /^((Attribute)?LimitExceeded|ServiceQuotaExceeded)$/,
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
    // Raised when this machine's clock is off; the SDK learns the offset from the answer, so the next try is right.
    code: /^(RequestTimeTooSkewed|RequestInTheFuture|RequestExpired|InvalidSignature|SignatureDoesNotMatch)$/,
    disposition: 'failed',
    reason: 'SignatureRejected',
    advice: "Check this machine's clock and the secret access key.",
  },
  {
    code: /^(AccessDenied|Client|InvalidParameter)$/,
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
    code: /^(UpdateInProgress|ScalingActivityInProgress|InstanceRefreshInProgress)$/,
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
    reason: 'RoleNotReady',
    advice:
      'If the role is new this heals by itself; otherwise check that it exists and that its trust policy names ECS.',
  },
  {
    // Only what ECS itself keeps: a subnet or target group that "does not exist" is a matter of the spec.
    code: vague,
    message:
      /^(the )?(specified |referenced )?(cluster|service|task ?definition|task ?set|capacity provider|resource)\b.*(not found|not exist)|unable to describe task definition/i,
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
    // The listener that attaches the target group is often made at the same time as the service.
    code: vague,
    message: /does not have an associated load balancer/i,
    disposition: 'rejected',
    reason: 'TargetGroupNotAttached',
    advice: 'Attach the target group to a listener of a load balancer.',
  },
  {
    code: vague,
    disposition: 'rejected',
    reason: 'InvalidParameter',
    advice: 'Correct the spec, unless what it names is still being created.',
  },
  {
    code: /^(MissingParameter|Serialization|InvalidParameterValue|InvalidParameterCombination)$/,
    disposition: 'rejected',
    reason: 'InvalidParameter',
    advice: 'Correct the spec.',
  },
  {
    code: /^(UnsupportedFeature|UnsupportedOperation)$/,
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
    code: /AlreadyExists$/,
    disposition: 'terminal',
    reason: 'NameTaken',
    advice: 'Adopt it (spec.adoptionPolicy: Adopt) or choose another name.',
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

const byStatus: readonly (Omit<Rule, 'code'> & { readonly matches: (status: number) => boolean })[] = [
  {
    matches: (status) => status === 429,
    disposition: 'throttled',
    reason: 'Throttled',
    advice: 'The call is repeated when the rate limit allows it.',
  },
  {
    matches: (status) => status >= 500,
    disposition: 'failed',
    reason: 'AWSServerError',
    advice: 'The fault is on the side of AWS; the call is repeated with backoff.',
  },
];

/** Turns what the SDK threw while it sent `operation` into the one error type of this program. */
export function fromAws(error: unknown, operation: string): OperatorError {
  if (error instanceof OperatorError) return error;
  const facts = readError(error);
  if (facts === undefined) return fromUnknown(error);
  const rule =
    rules.find((row) => row.code.test(facts.code) && (row.message === undefined || row.message.test(facts.message))) ??
    byStatus.find((row) => facts.status !== undefined && row.matches(facts.status));
  const details = {
    cause: error,
    operation,
    requestId: facts.requestId,
    retryAfterMs: facts.retryAfterMs,
  };
  const said = `${operation}: ${facts.message === '' ? facts.code : facts.message}`.replace(/[^.!?]$/, '$&.');
  if (rule === undefined) {
    // An AWS code that nobody classified yet. A plain Error is a bug on our side and keeps its own reason.
    if (facts.requestId === undefined && facts.status === undefined) return fromUnknown(error);
    return new OperatorError('failed', 'AWSError', `${said} (${facts.code})`, details);
  }
  if (rule.disposition === 'absent' && /^(Create|Register|Run|Start)/.test(operation)) {
    // What is being made cannot be what is missing.
    return new OperatorError('blocked', 'DependencyNotFound', `${said} What it refers to has to exist first.`, details);
  }
  const advice = rule.advice.replace('{action}', deniedAction(facts.message) ?? `the action of ${operation}`);
  return new OperatorError(rule.disposition, rule.reason, `${said} ${advice}`, details);
}

/** How often the SDK tried, as it notes on the error. */
export function attemptsOf(error: unknown): number {
  return readError(error)?.attempts ?? 1;
}

interface ErrorFacts {
  readonly code: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly attempts: number | undefined;
  readonly retryAfterMs: number | undefined;
}

/** What the SDK puts on an error. Node's own errors have the useful word in `code`, AWS's in `name`. */
function readError(error: unknown): ErrorFacts | undefined {
  if (!(error instanceof Error)) return undefined;
  const metadata = member(error, '$metadata');
  const status = member(metadata, 'httpStatusCode');
  const requestId = member(metadata, 'requestId');
  const attempts = member(metadata, 'attempts');
  const errno = member(error, 'code');
  const code = typeof errno === 'string' && /^[A-Z][A-Z0-9_]+$/.test(errno) ? errno : error.name;
  return {
    code: code.replace(/(.)(Exception|Fault)$/, '$1'),
    message: error.message.trim(),
    status: typeof status === 'number' ? status : undefined,
    requestId: typeof requestId === 'string' ? requestId : undefined,
    attempts: typeof attempts === 'number' ? attempts : undefined,
    retryAfterMs: retryAfter(error),
  };
}

function retryAfter(error: Error): number | undefined {
  const header = member(member(member(error, '$response'), 'headers'), 'retry-after');
  const seconds = typeof header === 'string' ? Number(header) : Number.NaN;
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** `User: … is not authorized to perform: ecs:CreateService on resource: …` (ecs-guide-3 L43290). */
function deniedAction(message: string): string | undefined {
  return /not authorized to perform: ([\w-]+:\w+)/.exec(message)?.[1];
}
