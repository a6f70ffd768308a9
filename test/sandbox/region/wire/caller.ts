/** What the SigV4 `Authorization` header says. The signature itself is not checked. */
export interface Credential {
  readonly accessKey: string;
  readonly region: string;
  readonly service: string;
  /** `x-amz-security-token`: temporary credentials come with one. */
  readonly sessionToken?: string;
}

/** Who calls, and where to. */
export interface Caller extends Credential {
  readonly account: string;
  /** Of the user, or of the session of an assumed role. */
  readonly arn: string;
  readonly userId: string;
  /** With which the role was assumed, if it was with one. */
  readonly externalId?: string;
}

export const DEFAULT_ACCOUNT = '123456789012';
export const DEFAULT_REGION = 'eu-central-1';

const SCOPE = /Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

/** Undefined if the request is not signed. */
export function credentialOf(
  authorization: string | undefined,
  sessionToken: string | undefined,
): Credential | undefined {
  const match = SCOPE.exec(authorization ?? '');
  if (match === null) return undefined;
  const [, accessKey = '', region = DEFAULT_REGION, service = ''] = match;
  return { accessKey, region, service, ...(sessionToken === undefined ? {} : { sessionToken }) };
}
