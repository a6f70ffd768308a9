import { ApiException, CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import type { ResourceNames } from '../../../src/kube/types.ts';

export interface Manifest {
  readonly metadata: { readonly name: string; readonly resourceVersion?: string };
  readonly spec: object;
  readonly status?: unknown;
}

/** What the API server answered: the object, or why not. */
export type Answer =
  | { readonly kind: 'accepted'; readonly object: Manifest }
  | { readonly kind: 'refused'; readonly message: string };

export interface Api {
  /** Creates, with unknown fields refused; `dryRun` stores nothing. */
  create(names: ResourceNames, manifest: Manifest, options?: { readonly dryRun?: boolean }): Promise<Answer>;
  /** Replaces, without storing it. */
  tryReplace(names: ResourceNames, manifest: Manifest): Promise<Answer>;
  replaceStatus(names: ResourceNames, manifest: Manifest): Promise<Answer>;
}

/** The API server as a client sees it that asks for strict field validation, as kubectl does. */
export function api(kubeconfig: string, namespace: string): Api {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const client = config.makeApiClient(CustomObjectsApi);
  const at = ({ group, version, plural }: ResourceNames) => ({ group, version, plural, namespace });
  const isNamespaced = ({ scope }: ResourceNames): boolean => scope !== 'Cluster';
  const body = ({ group, version, kind }: ResourceNames, manifest: Manifest) => ({
    apiVersion: `${group}/${version}`,
    kind,
    ...manifest,
  });
  const fieldValidation = 'Strict';
  const replacement = (names: ResourceNames, manifest: Manifest) => ({
    ...at(names),
    name: manifest.metadata.name,
    body: body(names, manifest),
    fieldValidation,
  });
  return {
    create(names, manifest, { dryRun = false } = {}) {
      const request = {
        ...at(names),
        body: body(names, manifest),
        fieldValidation,
        ...(dryRun ? { dryRun: 'All' } : {}),
      };
      return answer(
        isNamespaced(names) ? client.createNamespacedCustomObject(request) : client.createClusterCustomObject(request),
      );
    },
    tryReplace(names, manifest) {
      const request = { ...replacement(names, manifest), dryRun: 'All' };
      return answer(
        isNamespaced(names)
          ? client.replaceNamespacedCustomObject(request)
          : client.replaceClusterCustomObject(request),
      );
    },
    replaceStatus(names, manifest) {
      const request = replacement(names, manifest);
      return answer(
        isNamespaced(names)
          ? client.replaceNamespacedCustomObjectStatus(request)
          : client.replaceClusterCustomObjectStatus(request),
      );
    },
  };
}

async function answer(request: Promise<Manifest>): Promise<Answer> {
  try {
    return { kind: 'accepted', object: await request };
  } catch (error) {
    if (!(error instanceof ApiException)) throw error;
    const { message } = JSON.parse(String(error.body));
    return { kind: 'refused', message: String(message) };
  }
}
