import { AwsError, serializationException } from '../errors.ts';
import { jsonText } from './json-text.ts';
import type { Answer, Refusals, WireProtocol } from './wire-protocol.ts';

const REFUSALS: Refusals = {
  unknownOperation: (operation) => new AwsError('UnknownOperationException', `There is no operation ${operation}.`),
  unsigned: () => new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token'),
  invalidToken: () =>
    new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.'),
  expiredToken: () => new AwsError('ExpiredTokenException', 'The security token included in the request is expired'),
  throttled: () => new AwsError('ThrottlingException', 'Rate exceeded'),
  unavailable: () => new AwsError('ServerException', 'Service Unavailable. Please try again later.', 500),
  denied: (sentence) => new AwsError('AccessDeniedException', sentence),
};

/** AWS JSON 1.1. */
export const json: WireProtocol = {
  read(_operation, body) {
    try {
      return JSON.parse(body === '' ? '{}' : body);
    } catch {
      throw serializationException('The request body is not JSON.');
    }
  },
  raw: () => undefined,
  answer: (operation, output, requestId) => answer(200, jsonText(operation.output, output), requestId),
  refuse: (error, requestId) =>
    answer(error.status, JSON.stringify({ __type: error.code, message: error.message }), requestId),
  refusals: REFUSALS,
};

function answer(status: number, body: string, requestId: string): Answer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId },
    body,
  };
}
