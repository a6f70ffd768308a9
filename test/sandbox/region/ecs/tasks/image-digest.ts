import { createHash } from 'node:crypto';

/** An image by its digest has that one; of another nobody here knows it, but it is always the same. */
export const imageDigest = (image: string): string =>
  /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1] ?? `sha256:${createHash('sha256').update(image).digest('hex')}`;
