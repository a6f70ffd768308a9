import { randomBytes } from 'node:crypto';

/** An id such as `i-0123456789abcdef0`: the prefix and 17 hex digits, of which AWS sets the first to 0. */
export const ec2Id = (prefix: 'i' | 'lt' | 'r'): string => `${prefix}-0${randomBytes(8).toString('hex')}`;
