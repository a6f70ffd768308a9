import type { AWSAccountSpec } from '../../src/kinds/aws-account/api.ts';
import type { Transport } from '../../src/kube/transport.ts';
import type { ControlPlane } from '../sandbox/control-plane/index.ts';
import { freshNamespace, type Kubectl, must } from './kubectl.ts';
import { condition, type NamespaceBed, namespaceBed } from './namespace-bed.ts';
import { type TestBed, type TestBedOptions, testBed } from './test-bed.ts';

/** A namespace whose annotation names the account of its objects. */
export interface AccountNamespaceBed extends NamespaceBed {
  /** Resolves with the message of Ready once it is not True for this reason. */
  refusal(kind: string, name: string, reason: string): Promise<string>;
  /** Sets the annotation of the namespace, or takes it off. */
  annotate(account: string | undefined): Promise<void>;
}

/** An API server of its own, with an operator for all namespaces that reads AWSAccount objects, which are in none. */
export interface AccountsBed {
  readonly bed: TestBed;
  account(name: string, spec: AWSAccountSpec): Promise<void>;
  /** A new namespace, with the annotation if an account is given. */
  namespace(account?: string): Promise<AccountNamespaceBed>;
}

export async function accountsBed(controlPlane: ControlPlane, options: TestBedOptions = {}): Promise<AccountsBed> {
  const values = { accounts: { enabled: true }, watch: { namespace: '' }, ...options.values };
  const bed = await testBed({ ...options, cluster: controlPlane, values });
  return {
    bed,
    account: (name, spec) => bed.apply({ kind: 'AWSAccount', metadata: { name }, spec }),
    async namespace(account) {
      const name = await freshNamespace(controlPlane.kubectl, 'accounts');
      const here = inNamespace(bed.admin, controlPlane.kubectl, name);
      if (account !== undefined) await here.annotate(account);
      return here;
    },
  };
}

/** The bed's own namespace is one too. */
export function inNamespace(admin: Transport, kubectl: Kubectl, namespace: string): AccountNamespaceBed {
  const here = namespaceBed(admin, kubectl, namespace);
  return {
    ...here,
    async refusal(kind, name, reason) {
      return condition(await here.notReady(kind, name, reason), 'Ready')?.message ?? '';
    },
    async annotate(account) {
      const change = `ecs-operator.dev/aws-account${account === undefined ? '-' : `=${account}`}`;
      await must(kubectl, ['annotate', '--overwrite', 'namespace', namespace, change]);
    },
  };
}
