import { join } from 'node:path';
import { freePort } from '../../ports.ts';
import { type Sandbox, startOperator } from '../../sandbox.ts';
import type { Supervised } from '../../supervised.ts';
import type { ScrapeTarget } from '../index.ts';

const namespace = 'ecs-operator';
/** The kubelet's, by the chart's default. */
const PROBE_MS = 5_000;

/** A replica of the operator that is probed as the kubelet does it, and that can be killed and started again. */
export interface Replica {
  readonly target: ScrapeTarget;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export async function replica(sandbox: Sandbox, pod: string): Promise<Replica> {
  const address = `127.0.0.1:${await freePort()}`;
  const env = {
    ...sandbox.operatorEnv,
    POD_NAME: pod,
    AWS_REGION: 'eu-west-1',
    ECS_OPERATOR_METRICS_BIND_ADDRESS: address,
    ECS_OPERATOR_HEALTH_PROBE_BIND_ADDRESS: address,
    ECS_OPERATOR_RESYNC: '15',
  };
  let running: Supervised | undefined;
  const start = async (): Promise<void> => {
    running = await startOperator(env, join(sandbox.directory, `${pod}.log`));
  };
  await start();
  const probe = setInterval(() => void fetch(`http://${address}/readyz`).catch(() => undefined), PROBE_MS);
  return {
    target: { address, labels: { namespace, pod } },
    start,
    async kill() {
      running?.kill('KILL');
      await running?.exited;
    },
    async stop() {
      clearInterval(probe);
      await running?.stop(10_000);
    },
  };
}
