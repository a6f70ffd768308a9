import type { AwsError } from '../errors.ts';

/** The AWS Query protocol's answers: XML named after the operation. */
export function queryAnswer(operation: string, namespace: string, output: object, requestId: string): string {
  return (
    `<${operation}Response xmlns="${namespace}"><${operation}Result>${elements(output)}</${operation}Result>` +
    `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`
  );
}

export function queryError(error: AwsError, namespace: string, requestId: string): string {
  const type = error.status >= 500 ? 'Receiver' : 'Sender';
  return (
    `<ErrorResponse xmlns="${namespace}"><Error><Type>${type}</Type><Code>${escapeXml(error.code)}</Code>` +
    `<Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`
  );
}

function elements(value: object): string {
  return Object.entries(value)
    .map(([name, entry]) => `<${name}>${element(entry)}</${name}>`)
    .join('');
}

function element(value: unknown): string {
  if (Array.isArray(value)) return value.map((entry) => `<member>${element(entry)}</member>`).join('');
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && value !== null) return elements(value);
  return escapeXml(String(value));
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
