/** Who calls, and where to, as told by the SigV4 `Authorization` header. The signature itself is not checked. */
export interface Caller {
  readonly accessKey: string;
  readonly account: string;
  readonly region: string;
  readonly service: string;
}

export const DEFAULT_ACCOUNT = '123456789012';
export const DEFAULT_REGION = 'eu-central-1';

const CREDENTIAL = /Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

/** An access key that is twelve digits long names its account, so that a test can be two accounts at once. */
export function callerOf(authorization: string | undefined): Caller | undefined {
  const match = CREDENTIAL.exec(authorization ?? '');
  if (match === null) return undefined;
  const [, accessKey = '', region = DEFAULT_REGION, service = ''] = match;
  return { accessKey, account: /^\d{12}$/.test(accessKey) ? accessKey : DEFAULT_ACCOUNT, region, service };
}
