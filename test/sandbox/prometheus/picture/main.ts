import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { startSandbox } from '../../sandbox.ts';
import { type Panel, readDashboard, substitute, type Target } from '../dashboard.ts';
import { type Prometheus, startPrometheus } from '../index.ts';
import { ruleFile } from '../rules.ts';
import { drawDashboard } from './draw.ts';
import { legendOf } from './format.ts';
import type { Drawn, Range } from './panels.ts';
import { type Replica, replica } from './replicas.ts';
import { tell } from './story.ts';

/** `node test/sandbox/prometheus/picture/main.ts` draws docs/images/dashboard.svg anew, which takes seven minutes. */
const picture = resolve(import.meta.dirname, '../../../../docs/images/dashboard.svg');
const chosen = { namespace: 'ecs-operator', pod: '.*', service_namespace: 'shop', __rate_interval: '15s' };

async function draw(prometheus: Prometheus, range: Range): Promise<string> {
  const dashboard = await readDashboard();
  const answers = new Map<Panel, readonly Drawn[]>();
  for (const panel of dashboard.panels) {
    const drawn = await Promise.all((panel.targets ?? []).map((target) => answer(prometheus, target, range)));
    answers.set(panel, drawn.flat());
  }
  const title = 'ECS operator';
  const caption =
    "Drawn from the queries of the dashboard and the answers of a real Prometheus in the sandbox, not by Grafana. Six minutes: a start, a rollout, errors and throttling, a missing permission, a foreign change, the leader's death.";
  return drawDashboard({ dashboard, title, caption, answers, ...range });
}

async function answer(prometheus: Prometheus, target: Target, range: Range): Promise<readonly Drawn[]> {
  const query = substitute(target.expr, chosen);
  const series = target.instant
    ? await prometheus.query(query)
    : await prometheus.queryRange(query, range.toSeconds - range.fromSeconds, 2);
  return series.map(({ labels, points }) => ({ name: legendOf(target.legendFormat, labels), points }));
}

const sandbox = await startSandbox({
  directory: join(tmpdir(), `ecs-operator-picture-${process.pid}`),
  operator: false,
});
const replicas: Replica[] = [];
let prometheus: Prometheus | undefined;
try {
  const leader = await replica(sandbox, 'ecs-operator-6d9f7c-4xkpz');
  replicas.push(leader, await replica(sandbox, 'ecs-operator-6d9f7c-w8m2r'));
  prometheus = await startPrometheus({ targets: replicas.map(({ target }) => target), ruleFiles: [ruleFile] });
  const fromSeconds = Date.now() / 1_000;
  await tell(sandbox, leader);
  const svg = await draw(prometheus, { fromSeconds, toSeconds: Date.now() / 1_000 });
  await mkdir(dirname(picture), { recursive: true });
  await writeFile(picture, svg);
  console.log(picture);
} finally {
  await prometheus?.stop();
  await Promise.all(replicas.map((one) => one.stop()));
  await sandbox.stop();
}
