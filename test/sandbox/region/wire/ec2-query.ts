import { AwsError } from '../errors.ts';
import { type FormRules, readForm } from './form.ts';
import { xmlAnswer } from './query.ts';
import type { Refusals, WireProtocol } from './wire-protocol.ts';
import { escapeXml, xmlOf } from './xml.ts';

/** EC2's own variety of AWS Query. */
export function ec2Query(options: { readonly namespace: string }): WireProtocol {
  return {
    read: (operation, body, strict) => readForm(operation.input, new URLSearchParams(body), RULES, strict),
    raw: (body) => Object.fromEntries(new URLSearchParams(body)),
    answer: ({ name, output: shape }, output, requestId) =>
      xmlAnswer(
        200,
        `<${name}Response xmlns="${options.namespace}"><requestId>${requestId}</requestId>` +
          `${xmlOf(shape, output)}</${name}Response>`,
        requestId,
      ),
    refuse: (error, requestId) =>
      xmlAnswer(
        error.status,
        `<Response><Errors><Error><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>` +
          `</Error></Errors><RequestID>${requestId}</RequestID></Response>`,
        requestId,
      ),
    refusals: REFUSALS,
  };
}

const RULES: FormRules = {
  key: (member, traits) => traits.ec2QueryName ?? capitalized(traits.xmlName ?? member),
  flatLists: true,
  unknownParameter: (path) => new AwsError('UnknownParameter', `The parameter ${path} is not recognized`),
  malformed: (path, value, wanted) =>
    new AwsError('InvalidParameterValue', `Value (${value}) for parameter ${path} is invalid. Must be ${wanted}.`),
};

/** EC2's general errors: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html. */
const REFUSALS: Refusals = {
  unknownOperation: (operation) =>
    new AwsError('InvalidAction', `The action ${operation} is not valid for this web service.`),
  unsigned: () => new AwsError('MissingParameter', 'The request must contain the parameter AWSAccessKeyId'),
  invalidToken: () => new AwsError('AuthFailure', 'AWS was not able to validate the provided access credentials', 401),
  expiredToken: () => new AwsError('RequestExpired', 'Request has expired.'),
  throttled: () => new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503),
  unavailable: () => new AwsError('Unavailable', 'The service is unavailable. Please try again shortly.', 503),
  denied: (sentence) =>
    new AwsError('UnauthorizedOperation', `You are not authorized to perform this operation. ${sentence}`, 403),
};

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
