import { randomBytes } from 'node:crypto';
import type { AWSAccountSpec } from '../../src/kinds/aws-account/api.ts';
import { pathOf } from '../../src/kube/paths.ts';
import { KubeError } from '../../src/kube/transport.ts';
import type { ControlPlane } from '../sandbox/control-plane/index.ts';
import { eventually } from './eventually.ts';
import { must } from './kubectl.ts';
import {
  condition,
  isReady,
  type Managed,
  type Manifest,
  namesOf,
  type TestBed,
  type TestBedOptions,
  testBed,
} from './test-bed.ts';

/** Objects of one namespace, as `OperatorBed` has them for its own. */
export interface NamespaceBed {
  readonly namespace: string;
  apply(...manifests: readonly Manifest[]): Promise<void>;
  get(kind: string, name: string): Promise<Managed | undefined>;
  delete(kind: string, name: string): Promise<void>;
  ready(kind: string, name: string): Promise<Managed>;
  /** Resolves with the message of Ready once it is not True for this reason. */
  notReady(kind: string, name: string, reason: string): Promise<string>;
  gone(kind: string, name: string): Promise<void>;
  /** Sets the annotation of the namespace, or takes it off. */
  annotate(account: string | undefined): Promise<void>;
}

/** An API server of its own, with an operator for all namespaces that reads AWSAccount objects, which are in none. */
export interface AccountsBed {
  readonly bed: TestBed;
  account(name: string, spec: AWSAccountSpec): Promise<void>;
  /** A new namespace, with the annotation if an account is given. */
  namespace(account?: string): Promise<NamespaceBed>;
}

export async function accountsBed(controlPlane: ControlPlane, options: TestBedOptions = {}): Promise<AccountsBed> {
  const config = { awsAccounts: true, namespace: undefined, ...options.config };
  const bed = await testBed({ ...options, cluster: controlPlane, config });
  return {
    bed,
    account: (name, spec) => bed.apply({ kind: 'AWSAccount', metadata: { name }, spec }),
    async namespace(account) {
      const name = `accounts-${randomBytes(4).toString('hex')}`;
      await must(controlPlane.kubectl, ['create', 'namespace', name]);
      const here = inNamespace(bed, controlPlane, name);
      if (account !== undefined) await here.annotate(account);
      return here;
    },
  };
}

/** The bed's own namespace is one too. */
export function inNamespace(
  bed: TestBed,
  controlPlane: Pick<ControlPlane, 'kubectl'>,
  namespace: string,
): NamespaceBed {
  const signal = (): AbortSignal => AbortSignal.timeout(10_000);
  const pathTo = (kind: string, name: string): string => pathOf(namesOf(kind), namespace, name);
  const get: NamespaceBed['get'] = (kind, name) =>
    bed.admin
      .request<Managed>({ method: 'GET', path: pathTo(kind, name), signal: signal() })
      .catch((error: unknown) => {
        if (error instanceof KubeError && error.status === 404) return undefined;
        throw error;
      });
  const once = async (
    kind: string,
    name: string,
    what: string,
    holds: (object: Managed) => boolean,
  ): Promise<Managed> => {
    const found = await eventually(`${kind} ${namespace}/${name}: ${what}`, async () => {
      const object = await get(kind, name);
      return { value: object, done: object !== undefined && holds(object) };
    });
    if (found === undefined) throw new Error(`${kind} ${namespace}/${name} is gone`);
    return found;
  };
  return {
    namespace,
    get,
    apply: (...manifests) =>
      bed.apply(...manifests.map((one) => ({ ...one, metadata: { ...one.metadata, namespace } }))),
    async delete(kind, name) {
      await bed.admin.request({ method: 'DELETE', path: pathTo(kind, name), signal: signal() });
    },
    ready: (kind, name) => once(kind, name, 'is Ready', isReady),
    async notReady(kind, name, reason) {
      const isIt = (object: Managed): boolean => {
        const ready = condition(object, 'Ready');
        return ready?.status === 'False' && ready.reason === reason;
      };
      return condition(await once(kind, name, `is not Ready because of ${reason}`, isIt), 'Ready')?.message ?? '';
    },
    async gone(kind, name) {
      await eventually(`${kind} ${namespace}/${name}: is gone`, async () => {
        const object = await get(kind, name);
        return { value: object, done: object === undefined };
      });
    },
    async annotate(account) {
      const change = `ecs-operator.dev/aws-account${account === undefined ? '-' : `=${account}`}`;
      await must(controlPlane.kubectl, ['annotate', '--overwrite', 'namespace', namespace, change]);
    },
  };
}
