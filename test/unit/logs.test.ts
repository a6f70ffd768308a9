import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fromAws } from '../../src/aws/errors.ts';
import { OperatorError } from '../../src/errors.ts';
import { createLogger } from '../../src/log.ts';
import { redactText } from '../../src/redact.ts';

const root = new URL('../../src/', import.meta.url).pathname;

/** A call of a logger's method, up to its first argument. */
const CALL = /\b#?log\.(?:trace|debug|info|warn|error|fatal)\(/g;
/** Strings, which may hold parentheses, and parentheses. */
const TOKEN = /'(?:[^'\\]|\\.)*'|`[^`]*`|[()]/g;
/** The message is the last argument, and a plain string. */
const CONSTANT = /(?:^|,)\s*'(?:[^'\\]|\\.)*',?\s*$/;

const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

/** The arguments of each call of a logger, as written. */
function callsIn(text: string): readonly string[] {
  return [...text.matchAll(CALL)].map((match) => argumentsOf(text.slice(match.index + match[0].length)));
}

/** What stands before the parenthesis that ends the call. */
function argumentsOf(rest: string): string {
  let depth = 0;
  for (const { 0: token, index } of rest.matchAll(TOKEN)) {
    if (token === '(') depth += 1;
    if (token !== ')') continue;
    if (depth === 0) return rest.slice(0, index);
    depth -= 1;
  }
  throw new Error('a call that does not end');
}

describe('log messages', () => {
  const calls = sources.flatMap(({ file, text }) => callsIn(text).map((call) => ({ file, call })));

  test.each([
    ["this.#log.warn(\n  { a: f(x, ')'), b },\n  'it (happened)',\n);", true],
    ["log.info('it happened')", true],
    ['log.info(`it happened`)', false],
    ["log.info({ a }, 'it ' + b)", false],
    ["log.info({ a }, b ? 'it' : 'that')", false],
    ['log.info({ a: f(b) })', false],
  ])('the reader can tell: %s', (text, constant) => {
    expect(callsIn(text).map((call) => CONSTANT.test(call))).toEqual([constant]);
  });

  test('are constant: what varies is in fields', () => {
    expect(calls.length).toBeGreaterThan(15);
    expect(calls.filter(({ call }) => !CONSTANT.test(call))).toEqual([]);
  });
});

function written(what: object): string {
  const lines: string[] = [];
  createLogger('trace', { write: (line) => lines.push(line) }).info(what, 'happened');
  return lines.join('');
}

const token = 'IQoJb3JpZ2luX2VjEJr+canary/token==';

describe('what is never logged', () => {
  test('fields that hold credentials, at the top and one object below', () => {
    const line = written({ token, sessionToken: token, request: { headers: { authorization: token } } });
    expect(line).not.toContain('canary');
    expect(JSON.parse(line)).toMatchObject({ token: '[redacted]', request: { headers: '[redacted]' } });
  });

  test("what the SDK hangs on its errors, also on an error's causes", () => {
    const sdk = Object.assign(new Error('denied'), {
      name: 'AccessDeniedException',
      $fault: 'client',
      $response: { headers: { 'x-amz-security-token': token } },
      $metadata: { requestId: 'r' },
    });
    const error = new OperatorError('terminal', 'AccessDenied', 'No.', {
      cause: sdk,
      operation: 'UpdateService',
      requestId: 'r',
    });
    const line = written({ err: error });
    expect(line).not.toContain('canary');
    expect(JSON.parse(line).err).toMatchObject({
      type: 'OperatorError',
      message: 'No.',
      reason: 'AccessDenied',
      operation: 'UpdateService',
      awsRequestId: 'r',
      cause: { type: 'AccessDeniedException', message: 'denied' },
    });
    expect(Object.keys(JSON.parse(line).err.cause)).toEqual(['type', 'message', 'stack']);
  });

  test('the causes of an error that is its own cause', () => {
    const error = new Error('round and round');
    error.cause = error;
    expect(written({ err: error }).match(/"message":"round and round"/g)).toHaveLength(5);
  });

  test.each([
    ['x-amz-security-token:IQoJcanary/token== and more', 'x-amz-security-token:[redacted] and more'],
    ['Authorization: AWS4-HMAC-SHA256 Credential=canary\nnext', 'Authorization: [redacted]\nnext'],
    ['{"Authorization":"Bearer canary.token"}', '{"Authorization":"[redacted]"}'],
    ['bearer canary.token-1~2 refused', 'bearer [redacted] refused'],
    ['jwt eyJhbGciOi.eyJjYW5hcnki.sig_-nature expired', 'jwt [redacted] expired'],
    ['desiredCount 2 -> 3', 'desiredCount 2 -> 3'],
    ['GET /api/v1/namespaces/shop/secrets: not found', 'GET /api/v1/namespaces/shop/secrets: not found'],
  ])('%s', (text, kept) => {
    expect(redactText(text)).toBe(kept);
  });

  test("AWS's reply to a wrong signature, which repeats the signed headers, is cut before it reaches a condition", () => {
    const message = `The request signature we calculated does not match the signature you provided.\n\nThe Canonical String for this request should have been\n'POST\n/\n\nhost:ecs\nx-amz-security-token:${token}\n'\n\nThe String-to-Sign should have been ...`;
    const thrown = Object.assign(new Error(message), {
      name: 'InvalidSignatureException',
      $metadata: { requestId: 'r', httpStatusCode: 400 },
    });
    const error = fromAws(thrown, 'DescribeClusters');
    expect(error.reason).toBe('SignatureRejected');
    expect(error.message).toContain('does not match the signature you provided.');
    expect(error.message).not.toMatch(/canary|Canonical/);
  });
});
