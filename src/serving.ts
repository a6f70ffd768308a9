import type { BindAddress, Config } from './config.ts';
import type { Health } from './health/health.ts';
import { type HttpServer, listen, plain, type Routes } from './http-server.ts';
import type { Metrics } from './metrics/metrics.ts';

export interface Serving {
  /** Undefined where nothing is served. */
  readonly metricsPort: number | undefined;
  readonly healthPort: number | undefined;
  close(): Promise<void>;
}

/** Serves metrics and health where the configuration says, on one port if both addresses are the same. */
export async function serve(
  { metricsAddress, healthAddress }: Pick<Config, 'metricsAddress' | 'healthAddress'>,
  { metrics, health }: { readonly metrics: Metrics | undefined; readonly health: Health },
): Promise<Serving> {
  const metricsRoutes = metrics === undefined ? {} : routesOfMetrics(metrics);
  const healthRoutes = routesOfHealth(health);
  const shared = metricsAddress !== undefined && sameAddress(metricsAddress, healthAddress);
  const open: HttpServer[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(open.map((server) => server.close()));
  };
  const start = async (flag: string, address: BindAddress | undefined, routes: Routes): Promise<number | undefined> => {
    if (address === undefined) return undefined;
    try {
      const server = await listen(address, routes);
      open.push(server);
      return server.port;
    } catch (error) {
      await close();
      throw cannotListen(flag, address, error);
    }
  };
  const metricsPort = await start('--metrics-bind-address', metricsAddress, {
    ...metricsRoutes,
    ...(shared ? healthRoutes : {}),
  });
  const healthPort = shared ? metricsPort : await start('--health-probe-bind-address', healthAddress, healthRoutes);
  return { metricsPort, healthPort, close };
}

function routesOfMetrics(metrics: Metrics): Routes {
  return {
    '/metrics': async () => ({ status: 200, contentType: metrics.contentType, body: await metrics.render() }),
  };
}

function routesOfHealth(health: Health): Routes {
  return {
    '/healthz': async () => {
      const { ok, text } = health.alive();
      return plain(ok ? 200 : 503, text);
    },
    '/readyz': async () => {
      const { ok, text } = await health.ready();
      return plain(ok ? 200 : 503, text);
    },
  };
}

function sameAddress(one: BindAddress, other: BindAddress | undefined): boolean {
  return one.host === other?.host && one.port === other?.port;
}

function cannotListen(flag: string, { host, port }: BindAddress, error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const why = code === 'EADDRINUSE' ? 'something else listens there' : error instanceof Error ? error.message : error;
  return new Error(`${flag} is ${host ?? ''}:${port}, where this process cannot listen: ${why}.`, { cause: error });
}
