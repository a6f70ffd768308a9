import type { KubeCredentials } from '../../../src/kube/connection.ts';
import type { KubeObject, ResourceNames } from '../../../src/kube/types.ts';

export const widgets: ResourceNames = {
  group: 'example.dev',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  singular: 'widget',
  shortNames: [],
};

export function widget(
  name: string,
  resourceVersion: string,
  options: { readonly uid?: string; readonly namespace?: string; readonly spec?: unknown } = {},
): KubeObject {
  return {
    apiVersion: 'example.dev/v1',
    kind: 'Widget',
    metadata: {
      name,
      namespace: options.namespace ?? 'default',
      uid: options.uid ?? `uid-${name}`,
      resourceVersion,
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: options.spec ?? {},
  };
}

/** Credentials for a plain HTTP server; `token()` is asked for each request. */
export function plainCredentials(url: string, token?: () => string): KubeCredentials {
  return {
    getCurrentCluster: () => ({ name: 'test', server: url, skipTLSVerify: true }),
    async applyToHTTPSOptions(options) {
      if (token !== undefined) options.headers = { Authorization: `Bearer ${token()}` };
    },
  };
}
