import type { ObjectKey } from '../kube/types.ts';

/**
 * Which of `shards` an object belongs to: FNV-1a (32 bits) of `kind/namespace/name`. It must never change from one version to the next, or
 * two replicas of a rolling update would each take an object for theirs.
 */
export function shardOf(kind: string, key: ObjectKey, shards: number): number {
  if (shards === 1) return 0;
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(`${kind}/${key}`)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash % shards;
}
