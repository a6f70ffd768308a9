import type { KubeObject } from '../kube/types.ts';
import type { AccountAccess } from './cloud.ts';
import type { CommonSpec, CommonStatus, Reference } from './kind.ts';
import { blocked, type Outcome } from './outcome.ts';
import { type Directory, isReady, mayRefer, type Resolved, referenceKey } from './references.ts';

type Managed = KubeObject<CommonSpec, CommonStatus>;
type Blocked = Extract<Outcome, { kind: 'blocked' }>;
type Terminal = Extract<Outcome, { kind: 'terminal' }>;

/** On a Namespace, which only those may change who run the cluster: the account of all objects in it that name none. */
export const ACCOUNT_ANNOTATION = 'ecs-operator.dev/aws-account';

/** The accounts that objects may be in. */
export interface Accounts {
  /** False until the Namespace is there whose annotation counts: "no annotation" is what a Namespace says, not what a lagging watch leaves out. */
  hasSeen(namespace: string): boolean;
  /** What the annotation of this namespace says. */
  ofNamespace(namespace: string): string | undefined;
  get(name: string): Managed | undefined;
  /** How this account is reached. */
  access(account: Managed): AccountAccess;
}

/** Where in AWS an object is. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

export type ChosenAccount =
  /** The operator's own credentials, whosever they are. */
  { readonly kind: 'own' } | { readonly kind: 'account'; readonly access: AccountAccess } | Blocked;

/**
 * The account of an object: what `spec.accountRef` names, else its namespace's annotation, else the operator's own. One that is
 * named and cannot be used never becomes the operator's own: that would give its author what he was not given (Flux Operator's
 * CVE-2026-23990). No object is without a Namespace, so one that has not been seen may name an account too. `accounts` is undefined where
 * the operator does not read them.
 */
export function chooseAccount(object: Managed, accounts: Accounts | undefined): ChosenAccount {
  const { namespace } = object.metadata;
  const referred = object.spec.accountRef?.name;
  if (referred === undefined && accounts?.hasSeen(namespace) === false) {
    const message = `Waiting until the operator sees Namespace ${namespace}, whose annotation may name the account.`;
    return blocked('NamespaceNotSeen', message);
  }
  const name = referred ?? accounts?.ofNamespace(namespace);
  if (name === undefined) return { kind: 'own' };
  const field =
    referred === undefined ? `annotation ${ACCOUNT_ANNOTATION} of namespace ${namespace}` : 'spec.accountRef';
  if (accounts === undefined) {
    return blocked('AccountsNotRead', `${field}: this operator reads no AWSAccount objects (--aws-accounts=false).`);
  }
  const account = accounts.get(name);
  const what = `${field}: AWSAccount ${name}`;
  // One answer for both, so that a reference cannot be used to find out which accounts there are.
  if (account === undefined || !mayRefer(namespace, account)) {
    return blocked(
      'AccountNotFound',
      `${what} does not exist or does not list namespace ${namespace} in spec.allowedNamespaces.`,
    );
  }
  const unusable = whyUnusable(account, begins(object));
  if (unusable !== undefined) return blocked(unusable.reason, `${what} ${unusable.message}`);
  return { kind: 'account', access: accounts.access(account) };
}

/** Nothing is there yet, so nothing has to be kept or taken down. */
function begins({ metadata, status }: Managed): boolean {
  return metadata.deletionTimestamp === undefined && status?.accountId === undefined;
}

/** What is there already stays in hand while the account cannot be looked at for a moment. */
function whyUnusable(
  account: Managed,
  begins: boolean,
): { readonly reason: string; readonly message: string } | undefined {
  if (begins && account.metadata.deletionTimestamp !== undefined) {
    return { reason: 'AccountDeleting', message: 'is being deleted.' };
  }
  const { conditions = [] } = account.status ?? {};
  const current = conditions.filter(({ observedGeneration }) => observedGeneration === account.metadata.generation);
  const stalled = current.some(({ type, status }) => type === 'Stalled' && status === 'True');
  if (!stalled && (!begins || isReady(account))) return undefined;
  const ready = current.find(({ type, status }) => type === 'Ready' && status === 'False');
  const why = ready === undefined ? '' : ` (${ready.reason}: ${ready.message})`;
  return { reason: 'AccountNotReady', message: `is not ready${why}.` };
}

/** Something of this object has been made or seen in AWS. */
export function isPlaced({ status }: Managed): boolean {
  return status?.accountId !== undefined;
}

/**
 * Why an object cannot be looked after where it would be looked for now: it is somewhere else, and there nothing of it would be found,
 * made again, or taken for deleted.
 */
export function whyElsewhere({ status, spec }: Managed, now: Place): Terminal | undefined {
  const { accountId, region } = status ?? {};
  if (accountId !== undefined && accountId !== now.accountId) {
    const back =
      spec.accountRef === undefined
        ? "the namespace's annotation, or the operator's own credentials"
        : 'spec.accountRef, or the AWSAccount that it names';
    return {
      kind: 'terminal',
      reason: 'AccountChanged',
      message: `This object is in AWS account ${accountId}, and would be in ${now.accountId} now. Nothing is done in either. Put back what has changed (${back}); or delete the object with spec.deletionPolicy: Retain, which leaves in ${accountId} what is there, and create it anew.`,
    };
  }
  if (region === undefined || region === now.region) return undefined;
  return {
    kind: 'terminal',
    reason: 'RegionChanged',
    message: `This object is in region ${region}, and would be in ${now.region} now. Nothing is done in either. Set spec.region: ${region}; or delete the object with spec.deletionPolicy: Retain, which leaves in ${region} what is there, and create it anew.`,
  };
}

/**
 * No reference leads into another account: what AWS calls by a name or an ARN would not be found from there, or not be allowed. Of one that
 * does not resolve nothing is told.
 */
export function refersElsewhere(
  object: Managed,
  references: readonly Reference[],
  { directory, resolved }: { readonly directory: Directory; readonly resolved: Resolved },
  accountId: string,
): Terminal | undefined {
  for (const reference of references) {
    if (!resolved.identities.has(reference.field)) continue;
    const key = referenceKey(reference, object.metadata.namespace);
    const other = directory.get(reference.kind, key)?.status?.accountId;
    if (other === undefined || other === accountId) continue;
    return {
      kind: 'terminal',
      reason: 'ReferenceInOtherAccount',
      message: `${reference.field}: ${reference.kind} ${key} is in AWS account ${other}, and this object is in ${accountId}. Let both be in one account: by the annotation ${ACCOUNT_ANNOTATION} of their namespaces, or by spec.accountRef.`,
    };
  }
  return undefined;
}
