import { type ApiProxy, startApiProxy } from './api-proxy.ts';
import { testCluster } from './cluster.ts';
import { type TestBed, type TestBedOptions, testBed } from './test-bed.ts';

/** A bed whose operator reaches the API server through a proxy. The test itself goes past the proxy. */
export interface ProxiedBed {
  readonly bed: TestBed;
  readonly proxy: ApiProxy;
  stop(): Promise<void>;
}

export async function proxiedBed(options: TestBedOptions = {}): Promise<ProxiedBed> {
  const cluster = options.cluster ?? testCluster();
  const proxy = await startApiProxy(cluster.kubeconfig('operator'));
  const bed = await testBed({
    ...options,
    cluster: {
      kubectl: cluster.kubectl,
      kubeconfig: (user) => (user === 'operator' ? proxy.kubeconfig : cluster.kubeconfig(user)),
    },
  });
  return {
    bed,
    proxy,
    async stop() {
      await bed.stop();
      await proxy.stop();
    },
  };
}
