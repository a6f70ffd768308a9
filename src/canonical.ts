import { createHash } from 'node:crypto';

/** JSON with sorted keys and without undefined members, so that equal values have equal text. Dates become ISO strings. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (member === null || typeof member !== 'object' || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** First 32 hex digits of the SHA-256 of the canonical JSON: enough to never collide, short enough for a tag or a client token. */
export function contentHash(value: unknown): string {
  return createHash('sha256')
    .update(canonicalJson(value) ?? 'undefined')
    .digest('hex')
    .slice(0, 32);
}
