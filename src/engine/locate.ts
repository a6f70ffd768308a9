import type { KubeObject } from '../kube/types.ts';
import {
  type Accounts,
  type ChosenAccount,
  chooseAccount,
  isPlaced,
  refersElsewhere,
  whyElsewhere,
} from './accounts.ts';
import type { AccountAccess, Cloud } from './cloud.ts';
import type { CommonSpec, CommonStatus, Kind } from './kind.ts';
import type { Outcome } from './outcome.ts';
import { type Directory, type Resolved, resolveReferences } from './references.ts';

type Managed = KubeObject<CommonSpec, CommonStatus>;

export interface LocateDependencies<Reads> {
  readonly kind: Kind<CommonSpec, CommonStatus, unknown, Reads>;
  readonly cloud: Pick<Cloud<Reads>, 'identify'>;
  readonly directory: Directory;
  /** `undefined` where AWSAccount objects are not read. */
  readonly accounts?: Accounts | undefined;
  /** The operator's own. */
  readonly defaultRegion: string;
}

export interface Located {
  readonly kind: 'located';
  readonly account: AccountAccess;
  readonly region: string;
  readonly references: Resolved;
}

/**
 * In which account and region an object is looked after, with everything that it refers to; or why it is nowhere. The account is known
 * by its id before AWS is asked for anything in it: also to look in the wrong one, and to find nothing there, would be a reason to create
 * a thing a second time, or to take it for deleted. (STS needs no permission for that; where it cannot be reached, credentials of roles
 * and of IRSA are not to be had either.)
 */
export async function locate<Reads>(
  object: Managed,
  deps: LocateDependencies<Reads>,
  signal: AbortSignal,
): Promise<Located | Outcome> {
  const { kind, cloud, directory, defaultRegion } = deps;
  const references = kind.references(object.spec);
  const resolved = resolveReferences(object, references, directory);
  const itself = kind.account?.(object);
  if (itself !== undefined) {
    if (resolved.kind === 'blocked') return resolved;
    return { kind: 'located', account: itself, region: itself.region ?? defaultRegion, references: resolved };
  }
  const chosen = await choose(object, deps, signal);
  if (chosen.kind === 'blocked') return chosen;
  if (resolved.kind === 'blocked') return resolved;
  const access = chosen.kind === 'account' ? chosen.access : undefined;
  const region = object.spec.region ?? access?.region ?? defaultRegion;
  // What the objects say needs no answer of AWS.
  const known = access === undefined ? undefined : whyElsewhere(object, { accountId: access.accountId, region });
  if (known !== undefined) return known;
  const identity = await cloud.identify(signal, access);
  const account = access ?? { accountId: identity.account };
  const { accountId } = account;
  const refusal =
    whyElsewhere(object, { accountId, region }) ??
    (object.metadata.deletionTimestamp === undefined
      ? refersElsewhere(object, references, { directory, resolved }, accountId)
      : undefined);
  return refusal ?? { kind: 'located', account, region, references: resolved };
}

/**
 * A Namespace that somebody finalized by force is gone before its objects, and never seen again. What the operator's own credentials reach
 * is deleted all the same.
 */
async function choose<Reads>(
  object: Managed,
  { accounts, cloud, defaultRegion }: LocateDependencies<Reads>,
  signal: AbortSignal,
): Promise<ChosenAccount> {
  const chosen = chooseAccount(object, accounts);
  const isUnknown = chosen.kind === 'blocked' && chosen.reason === 'NamespaceNotSeen';
  if (!isUnknown || object.metadata.deletionTimestamp === undefined || !isPlaced(object)) return chosen;
  const { account } = await cloud.identify(signal);
  const own = { accountId: account, region: object.spec.region ?? defaultRegion };
  return whyElsewhere(object, own) === undefined ? { kind: 'own' } : chosen;
}
