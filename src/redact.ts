export const REDACTED = '[redacted]';

/** What may stand in somebody else's sentence, such as AWS's about a signature or a credential plugin's last words. */
const SECRET_TEXT: readonly RegExp[] = [
  /(?<=x-amz-security-token["']?[:=]\s*["']?)[^\s"',]+/gi,
  /(?<=authorization["']?[:=]\s*["']?)[^\s"'][^\r\n"']*/gi,
  /(?<=bearer\s+)[\w.~+/=-]+/gi,
  // A JSON web token, wherever it is.
  /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g,
];

/** The text without what looks like a credential. */
export function redactText(text: string): string {
  return SECRET_TEXT.reduce((rest, pattern) => rest.replace(pattern, REDACTED), text);
}
