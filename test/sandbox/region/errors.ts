/** An error as AWS answers it: a code, a message and an HTTP status. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export const invalidParameter = (message: string): AwsError => new AwsError('InvalidParameterException', message);
export const clientException = (message: string): AwsError => new AwsError('ClientException', message);
export const serializationException = (message: string): AwsError => new AwsError('SerializationException', message);
