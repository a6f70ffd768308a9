import { ACCOUNT_ANNOTATION } from '../../../src/engine/accounts.ts';
import type { BoundCloud, CallScope } from '../../../src/engine/cloud.ts';
import type { ObservedPass } from '../../../src/engine/controller.ts';
import { FINALIZER } from '../../../src/engine/finalizer.ts';
import type { Kind } from '../../../src/engine/kind.ts';
import type { Manager } from '../../../src/engine/manager.ts';
import { type KubeRequest, type KubeStream, Transport } from '../../../src/kube/transport.ts';
import { condition } from '../../support/builders.ts';
import { ScriptedApiServer } from '../../support/scripted-api-server.ts';
import { until } from '../../support/until.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { plainCredentials, widgets } from '../kube/fixtures.ts';
import { openManager } from './manager-world.ts';
import {
  type LiveWidget,
  WidgetCloud,
  type WidgetReads,
  type WidgetSpec,
  type WidgetStatus,
  widget,
} from './widget.ts';

/** Widgets, their accounts and the Namespaces before scripted API servers, with a manager of one shard, which is not started yet. */
export interface AccountsWorld {
  readonly manager: Manager<WidgetReads>;
  readonly namespaces: ScriptedApiServer;
  /** In which account each pass over a widget asked for something or did something. */
  readonly calledIn: readonly string[];
  /** Starts, with an account `blue` that is Ready. */
  lead(blue: string): Promise<void>;
  /** A widget in namespace `team`, and the first pass over it. */
  putWidget(): Promise<void>;
  /** The Namespace `team`, with the annotation if an account is given. */
  putNamespace(account?: string): void;
  stop(): Promise<void>;
}

/** Its label is the account's id. */
const account: Kind<WidgetSpec, WidgetStatus, LiveWidget, WidgetReads> = {
  ...widget,
  names: { ...widgets, kind: 'Account', plural: 'accounts', scope: 'Cluster' },
  account: ({ spec }) => ({ accountId: spec.label ?? '' }),
};

class AccountsCloud extends WidgetCloud {
  readonly calledIn: string[] = [];

  override bind(scope: CallScope): BoundCloud<WidgetReads> {
    if (scope.cause.kind === widget.names.kind) this.calledIn.push(scope.account.accountId);
    return super.bind(scope);
  }
}

/** A scripted server holds one collection, so there is one for each. */
class Collections extends Transport {
  readonly #of: (path: string) => Transport | undefined;

  constructor(options: ConstructorParameters<typeof Transport>[0], of: (path: string) => Transport | undefined) {
    super(options);
    this.#of = of;
  }

  override text(request: KubeRequest): Promise<string> {
    return this.#of(request.path)?.text(request) ?? super.text(request);
  }

  override stream(request: KubeStream): Promise<AsyncIterable<string>> {
    return this.#of(request.path)?.stream(request) ?? super.stream(request);
  }
}

export async function accountsWorld(): Promise<AccountsWorld> {
  const clock = new VirtualClock();
  const start = () => ScriptedApiServer.start();
  const [objects, accounts, namespaces] = await Promise.all([start(), start(), start()]);
  const options = ({ url }: ScriptedApiServer) => ({ credentials: plainCredentials(url), clock });
  const ofAccounts = new Transport(options(accounts));
  const ofNamespaces = new Transport(options(namespaces));
  const transport = new Collections(options(objects), (path) => {
    if (path.includes('/accounts')) return ofAccounts;
    return path === '/api/v1/namespaces' ? ofNamespaces : undefined;
  });
  const cloud = new AccountsCloud([]);
  const passes: ObservedPass[] = [];
  const onPass = (pass: ObservedPass): unknown => passes.push(pass);
  const manager = openManager({ kinds: [widget, account], transport, cloud, clock, shards: 1, onPass });
  // What is asked here is where passes go: they need not store a finalizer, whose answer is not scripted.
  const metadata = { finalizers: [FINALIZER] };
  return {
    manager,
    namespaces,
    calledIn: cloud.calledIn,
    async lead(blue) {
      await manager.start();
      await manager.takeOver(0);
      const status = { conditions: [condition('Ready', 'True', 'Live')] };
      accounts.put('blue', { size: 1, label: blue, allowedNamespaces: ['team'] }, { namespace: '', status, metadata });
      await until('the account', () => manager.store('Account')?.get('/blue') !== undefined);
    },
    async putWidget() {
      objects.put('a', { size: 1 }, { namespace: 'team', metadata });
      await until('a pass', () => passes.some(({ key }) => key === 'team/a'));
    },
    putNamespace(name) {
      const annotations = name === undefined ? {} : { [ACCOUNT_ANNOTATION]: name };
      namespaces.put('team', {}, { namespace: '', metadata: { annotations } });
    },
    async stop() {
      await manager.stop();
      await Promise.all([transport, ofAccounts, ofNamespaces].map((one) => one.close()));
      await Promise.all([objects, accounts, namespaces].map((one) => one.close()));
    },
  };
}
