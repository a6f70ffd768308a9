import { AwsError } from '../errors.ts';
import type { World } from '../world.ts';

interface Request {
  readonly ClientToken?: string | undefined;
}

/** What an earlier request with the same client token made. Throws if that one asked for something else. */
export function madeBefore(world: World, operation: string, input: Request): string | undefined {
  if (input.ClientToken === undefined) return undefined;
  const earlier = world.ec2.clientTokens.get(`${operation}/${input.ClientToken}`);
  if (earlier === undefined) return undefined;
  if (earlier.request !== JSON.stringify(input)) {
    throw new AwsError(
      'IdempotentParameterMismatch',
      'The request uses the same client token as a previous, but non-identical request.',
    );
  }
  return earlier.resource;
}

export function remember(world: World, operation: string, input: Request, resource: string): void {
  if (input.ClientToken === undefined) return;
  world.ec2.clientTokens.set(`${operation}/${input.ClientToken}`, { request: JSON.stringify(input), resource });
}
