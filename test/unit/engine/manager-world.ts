import { pino } from 'pino';
import type { ObservedPass } from '../../../src/engine/controller.ts';
import { Manager, type ManagerDependencies } from '../../../src/engine/manager.ts';
import { defaultEngineOptions } from '../../../src/engine/options.ts';
import { EventRecorder } from '../../../src/kube/events.ts';
import { Transport } from '../../../src/kube/transport.ts';
import { ScriptedApiServer } from '../../support/scripted-api-server.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { plainCredentials } from '../kube/fixtures.ts';
import { WidgetCloud, type WidgetReads, widget } from './widget.ts';

/** A manager of widgets before a scripted API server, not started yet. */
export interface ManagerWorld {
  readonly server: ScriptedApiServer;
  readonly manager: Manager<WidgetReads>;
  readonly cloud: WidgetCloud;
  readonly passes: ObservedPass[];
  stop(): Promise<void>;
}

type Wiring = Pick<ManagerDependencies<WidgetReads>, 'kinds' | 'transport' | 'cloud' | 'clock' | 'shards' | 'onPass'>;

/** A manager of these that logs nothing and may always write. */
export function openManager(wiring: Wiring): Manager<WidgetReads> {
  const { transport, clock } = wiring;
  const log = pino({ level: 'silent' });
  return new Manager({
    ...wiring,
    events: new EventRecorder({ transport, clock, log, reportingInstance: 'test' }),
    log,
    gate: () => {},
    options: { ...defaultEngineOptions, defaultRegion: 'us-east-1' },
  });
}

/** Which passes begin is asked here, not what they do: each ends at its first write, and virtual time brings no other try. */
export async function managerWorld({ shards }: { readonly shards?: number } = {}): Promise<ManagerWorld> {
  const server = await ScriptedApiServer.start();
  const clock = new VirtualClock();
  const transport = new Transport({ credentials: plainCredentials(server.url), clock });
  const passes: ObservedPass[] = [];
  const cloud = new WidgetCloud([]);
  const onPass = (pass: ObservedPass): unknown => passes.push(pass);
  const manager = openManager({ kinds: [widget], transport, cloud, clock, shards, onPass });
  server.fail({ kind: 'status', code: 503 }, ({ method }) => method !== 'GET');
  return {
    server,
    manager,
    cloud,
    passes,
    async stop() {
      await manager.stop();
      await transport.close();
      await server.close();
    },
  };
}
