import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import { Reflector } from '../kube/reflector.ts';
import { Store, type StoreEvent } from '../kube/store.ts';
import type { Transport } from '../kube/transport.ts';
import type { KubeObject, ObjectKey, ResourceNames } from '../kube/types.ts';
import { ACCOUNT_ANNOTATION, type Accounts } from './accounts.ts';
import type { AccountAccess } from './cloud.ts';
import type { CommonSpec, CommonStatus, Referrer } from './kind.ts';

type Managed = KubeObject<CommonSpec, CommonStatus>;

const namespaceNames: ResourceNames = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  scope: 'Cluster',
};

const ACCOUNT = 'account';

export interface AccountDirectoryOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Logger;
  /** The only one that is watched; all when undefined. */
  readonly namespace?: string | undefined;
  /** The kind of the objects that stand for accounts. */
  readonly kind: string;
  readonly access: (account: Managed) => AccountAccess;
  readonly storeOf: (kind: string) => Store<Managed> | undefined;
  /** Has an object looked at again. */
  readonly wake: (user: Referrer) => void;
}

/** Which object is in which account, who has to be woken when that changes, and the annotations of namespaces, which it watches. */
export class AccountDirectory implements Accounts {
  readonly #options: AccountDirectoryOptions;
  readonly #namespaces: Store<KubeObject>;
  readonly #reflector: Reflector<KubeObject>;
  /** Kinds whose objects are in accounts. */
  readonly #kinds: string[] = [];

  constructor(options: AccountDirectoryOptions) {
    const { transport, clock, log, namespace } = options;
    this.#options = options;
    this.#namespaces = new Store({ log });
    this.#namespaces.addIndex(ACCOUNT, annotated);
    this.#namespaces.onEvent((event) => this.#onNamespace(event));
    this.#reflector = new Reflector({
      transport,
      store: this.#namespaces,
      names: namespaceNames,
      metadataOnly: true,
      ...(namespace === undefined ? {} : { fieldSelector: `metadata.name=${namespace}` }),
      clock,
      log,
    });
  }

  /** What has to run for this to be true. */
  get reflectors(): readonly Pick<Reflector<KubeObject>, 'kind' | 'refresh' | 'run' | 'stats' | 'synced'>[] {
    return [this.#reflector];
  }

  /** Objects of this kind are in accounts from now on. */
  cover(kind: string, store: Store<Managed>): void {
    this.#kinds.push(kind);
    store.addIndex(ACCOUNT, (object) => [
      object.spec.accountRef === undefined
        ? inNamespace(object.metadata.namespace)
        : referring(object.spec.accountRef.name),
    ]);
  }

  hasSeen(namespace: string): boolean {
    return this.#namespaces.get(`/${namespace}`) !== undefined;
  }

  ofNamespace(namespace: string): string | undefined {
    return this.#namespaces.get(`/${namespace}`)?.metadata.annotations?.[ACCOUNT_ANNOTATION];
  }

  get(name: string): Managed | undefined {
    return this.#options.storeOf(this.#options.kind)?.get(`/${name}`);
  }

  access(account: Managed): AccountAccess {
    return this.#options.access(account);
  }

  /** The objects that name this account, or whose namespace does. */
  users(key: ObjectKey): readonly Referrer[] {
    const account = key.slice(1);
    const namespaces = this.#namespaces.byIndex(ACCOUNT, account).map((one) => inNamespace(one.slice(1)));
    return [referring(account), ...namespaces].flatMap((value) => this.#covered(value));
  }

  /** An object is gone or changed: the account that it was in may have waited for that to be deleted. */
  left(object: Managed): void {
    const name = object.spec.accountRef?.name ?? this.ofNamespace(object.metadata.namespace);
    if (name !== undefined) this.#wakeIfDeleting(name);
  }

  #onNamespace({ kind, object, initial, ...event }: StoreEvent<KubeObject>): void {
    const previous = 'previous' in event ? annotated(event.previous)[0] : undefined;
    const now = kind === 'deleted' ? undefined : annotated(object)[0];
    const before = kind === 'deleted' ? annotated(object)[0] : previous;
    // Its objects may have been there before it.
    const appeared = kind === 'added' && !initial;
    if (before === now && !appeared) return;
    for (const user of this.#covered(inNamespace(object.metadata.name))) this.#options.wake(user);
    if (before !== undefined) this.#wakeIfDeleting(before);
  }

  #wakeIfDeleting(name: string): void {
    const key: ObjectKey = `/${name}`;
    if (this.get(name)?.metadata.deletionTimestamp === undefined) return;
    this.#options.wake({ kind: this.#options.kind, key });
  }

  #covered(value: string): readonly Referrer[] {
    return this.#kinds.flatMap((kind) =>
      (this.#options.storeOf(kind)?.byIndex(ACCOUNT, value) ?? []).map((key) => ({ kind, key })),
    );
  }
}

function annotated({ metadata }: KubeObject): readonly string[] {
  const name = metadata.annotations?.[ACCOUNT_ANNOTATION];
  return name === undefined ? [] : [name];
}

function referring(account: string): string {
  return `reference/${account}`;
}

function inNamespace(namespace: string): string {
  return `namespace/${namespace}`;
}
