import { type ApiProxy, startApiProxy } from './api-proxy.ts';
import { testCluster } from './cluster.ts';
import { type TestBed, type TestBedOptions, testBed } from './test-bed.ts';

/** A bed whose operator reaches the API server through a proxy. The test itself goes past the proxy. */
export interface ProxiedBed {
  readonly bed: TestBed;
  readonly proxy: ApiProxy;
  stop(): Promise<void>;
}

export async function proxiedBed(options: Omit<TestBedOptions, 'cluster' | 'reach'> = {}): Promise<ProxiedBed> {
  let proxy: ApiProxy | undefined;
  const through = async (kubeconfig: string): Promise<ApiProxy> => {
    proxy ??= await startApiProxy(kubeconfig);
    return proxy;
  };
  const bed = await testBed({ ...options, reach: async (kubeconfig) => (await through(kubeconfig)).kubeconfig });
  // A test that brings its own operator runs it as the user of the shared installation.
  const started = await through(testCluster().kubeconfig('operator'));
  return {
    bed,
    proxy: started,
    async stop() {
      await bed.stop();
      await started.stop();
    },
  };
}
