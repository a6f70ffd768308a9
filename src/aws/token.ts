import { contentHash } from '../canonical.ts';

export interface TokenSource {
  /** The Kubernetes object's uid: two objects never share a token. */
  readonly uid: string;
  readonly operation: string;
  /** The command's input, without the token itself. */
  readonly input: unknown;
  /**
   * Moves on after an observed deletion. AWS remembers a token for a day, so a legitimate re-creation with the
   * same input would otherwise be answered with the dead resource.
   */
  readonly epoch: number;
}

/**
 * The `clientToken` of a mutation: same object, operation, input and epoch, same token. 32 hex digits, the least that any ECS
 * operation allows (ecs-guide-4 L63258).
 */
export function clientToken({ uid, operation, input, epoch }: TokenSource): string {
  return contentHash({ uid, operation, input, epoch });
}
