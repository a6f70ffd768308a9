import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { systemClock } from '../../../src/clock.ts';
import { type HttpMethod, Transport } from '../../../src/kube/transport.ts';

export interface ApiCall {
  readonly method: HttpMethod;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | boolean>>;
  readonly body?: object;
  readonly contentType?: string;
}

const deadlineMs = 10_000;

/** One request as the user of a kubeconfig. A kubectl takes as much processor time as fifty of these. */
export async function asUser<T>(kubeconfig: string, call: ApiCall): Promise<T> {
  const credentials = new KubeConfig();
  credentials.loadFromFile(kubeconfig);
  const transport = new Transport({ credentials, clock: systemClock });
  try {
    return await transport.request<T>({ ...call, signal: AbortSignal.timeout(deadlineMs) });
  } finally {
    await transport.close();
  }
}
