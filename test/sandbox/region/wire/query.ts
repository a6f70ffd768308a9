import { AwsError } from '../errors.ts';
import { type FormRules, readForm } from './form.ts';
import type { Answer, Refusals, WireProtocol } from './wire-protocol.ts';
import { escapeXml, xmlOf } from './xml.ts';

/** AWS Query: a form in, XML named after the operation out. */
export function query(options: { readonly version: string; readonly namespace: string }): WireProtocol {
  const { version, namespace } = options;
  return {
    read: (operation, body, strict) => readForm(operation.input, new URLSearchParams(body), RULES, strict),
    raw: (body) => Object.fromEntries(new URLSearchParams(body)),
    answer(operation, output, requestId) {
      const { name, output: shape } = operation;
      const result = shape.name === 'Unit' ? '' : `<${name}Result>${xmlOf(shape, output)}</${name}Result>`;
      return xmlAnswer(
        200,
        `<${name}Response xmlns="${namespace}">${result}` +
          `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${name}Response>`,
        requestId,
      );
    },
    refuse(error, requestId) {
      const type = error.status >= 500 ? 'Receiver' : 'Sender';
      return xmlAnswer(
        error.status,
        `<ErrorResponse xmlns="${namespace}"><Error><Type>${type}</Type><Code>${escapeXml(error.code)}</Code>` +
          `<Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
        requestId,
      );
    },
    refusals: refusals(version),
  };
}

/** For parameters that nobody knows AWS has no error: it ignores them. */
const RULES: FormRules = {
  key: (member, traits) => traits.xmlName ?? member,
  flatLists: false,
  unknownParameter: (path) => new AwsError('ValidationError', `Unknown parameter ${path}.`),
  malformed: (path, value, wanted) => new AwsError('MalformedInput', `${path} must be ${wanted}, not '${value}'.`),
};

const refusals = (version: string): Refusals => ({
  unknownOperation: (operation) =>
    new AwsError('InvalidAction', `Could not find operation ${operation} for version ${version}`),
  unsigned: () => new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403),
  invalidToken: () =>
    new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403),
  expiredToken: () => new AwsError('ExpiredToken', 'The security token included in the request is expired', 403),
  throttled: () => new AwsError('Throttling', 'Rate exceeded'),
  unavailable: () => new AwsError('ServiceUnavailable', 'Service Unavailable. Please try again later.', 503),
  denied: (sentence) => new AwsError('AccessDenied', sentence, 403),
});

export function xmlAnswer(status: number, body: string, requestId: string): Answer {
  return { status, headers: { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId }, body };
}
