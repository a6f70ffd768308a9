import { Agenda } from '../agenda.ts';
import type { Timings } from '../timings.ts';
import { reconcileService } from './services/scheduler.ts';
import type { World } from './state.ts';

/** An empty account and region. */
export function createWorld(options: {
  readonly account: string;
  readonly region: string;
  readonly timings: Timings;
  readonly start: number;
}): World {
  const world: World = {
    account: options.account,
    region: options.region,
    agenda: new Agenda(options.start),
    timings: options.timings,
    clusters: new Map(),
    families: new Map(),
    revisions: new Map(),
    serviceDeployments: new Map(),
    runs: new Map(),
    reconcile: (service) => reconcileService(world, service),
  };
  return world;
}
