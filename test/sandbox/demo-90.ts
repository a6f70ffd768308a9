import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs, styleText } from 'node:util';
import { must } from '../support/kubectl.ts';
import { type Interruption, speedOf, untilSignal } from './command-line.ts';
import { instructions } from './instructions.ts';
import { liveTable } from './live-table.ts';
import { conditionOf, type EcsObject, isLive, listObjects, tableHeader, tableRow } from './objects.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';

const usage = `npm run demo -- [options]

Applies examples/quickstart to a sandbox, rolls out an image, breaks one, and deletes everything: about a minute.

  --keep       do not delete: leave the sandbox up for exploring, until Ctrl-C
  --speed N    AWS works N times faster than in reality (1 by default)`;

const quickstart = 'examples/quickstart';
const stepDeadlineMs = 90_000;
const pollMs = 250;

interface Stage {
  readonly sandbox: Sandbox;
  readonly interrupted: Interruption;
}

type Goal = (objects: readonly EcsObject[]) => boolean;

/** A step that did not reach its goal. */
class MissedGoal extends Error {
  override readonly name = 'MissedGoal';
}

function heading(text: string): void {
  console.log(`\n${styleText('bold', text, { stream: process.stdout })}`);
}

/** Runs kubectl in the open, so that the reader learns the command. */
async function showKubectl({ sandbox }: Stage, ...args: string[]): Promise<void> {
  console.log(`$ kubectl ${args.map((arg) => (/[\s"[{]/.test(arg) ? `'${arg}'` : arg)).join(' ')}`);
  console.log((await must(sandbox.controlPlane.kubectl, args)).trimEnd());
}

/** Shows the live table until `goal` holds. */
async function watchUntil({ sandbox, interrupted }: Stage, waitingFor: string, goal: Goal): Promise<void> {
  const table = liveTable(tableHeader, process.stdout);
  const deadline = performance.now() + stepDeadlineMs;
  for (;;) {
    const objects = await listObjects(sandbox.controlPlane.kubectl);
    table.show(objects.map(tableRow));
    if (goal(objects)) return;
    interrupted.signal.throwIfAborted();
    const exitCode = sandbox.operator?.exitCode();
    if (exitCode !== undefined) throw new MissedGoal(`The operator ended with exit code ${exitCode}.`);
    if (performance.now() > deadline)
      throw new MissedGoal(`Waited ${stepDeadlineMs / 1000} s in vain for this: ${waitingFor}.`);
    await delay(pollMs);
  }
}

const allLive: Goal = (objects) => objects.length === 3 && objects.every(isLive);

/** True once the service runs another revision than the first, and all is settled. */
const runsRevision =
  (revision: string): Goal =>
  (objects) =>
    allLive(objects) && objects.some(({ status }) => status?.taskDefinitionRevision === revision);

const rolledBack: Goal = (objects) =>
  objects.some((object) => object.kind === 'ECSService' && conditionOf(object, 'Ready')?.reason === 'RolledBack');

function setImage(stage: Stage, image: string): Promise<void> {
  const patch = [{ op: 'replace', path: '/spec/containerDefinitions/0/image', value: image }];
  return showKubectl(stage, 'patch', 'ecstaskdefinition', 'quickstart', '--type=json', '-p', JSON.stringify(patch));
}

async function story(stage: Stage): Promise<void> {
  heading('1. A Fargate cluster, a task definition with two containers and a service, applied at once');
  await showKubectl(stage, 'apply', '-f', quickstart);
  await watchUntil(stage, 'all three objects are Ready', allLive);
  await showKubectl(stage, 'get', 'ecs');

  heading('2. A new image: ECS gets a new revision, and the service rolls to it');
  await setImage(stage, 'nginx:1.28');
  await watchUntil(stage, 'the service runs revision 2 and is Ready', runsRevision('quickstart:2'));

  heading('3. An image that cannot be pulled: the circuit breaker rolls back, and Ready says so');
  await setImage(stage, 'sim/cannot-pull:1');
  await watchUntil(stage, 'the service is Ready=False with reason RolledBack', rolledBack);
  const message = '{.status.conditions[?(@.type=="Ready")].message}';
  await showKubectl(stage, 'get', 'ecsservice', 'quickstart', '-o', `jsonpath=${message}`);
}

async function deleteAll(stage: Stage): Promise<void> {
  heading('4. Everything deleted at once, in whatever order kubectl takes the files');
  await showKubectl(stage, 'delete', '--wait=false', '-f', quickstart);
  await watchUntil(stage, 'no object is left', (objects) => objects.length === 0);
  const left = Object.entries(stage.sandbox.region.inventory());
  console.log(`Left in AWS: ${left.map(([what, arns]) => `${arns.length} ${what}`).join(', ')}`);
  const leftovers = left.flatMap(([, arns]) => arns);
  if (leftovers.length > 0) throw new MissedGoal(`AWS still has ${leftovers.join(', ')}.`);
}

async function explore(stage: Stage): Promise<void> {
  heading('4. The good image again, so that there is something to explore');
  await showKubectl(stage, 'apply', '-f', quickstart);
  await watchUntil(stage, 'all three objects are Ready', allLive);
  console.log(`\nThe sandbox stays up. ${instructions(stage.sandbox)}\n\nCtrl-C stops everything.`);
  await stage.interrupted.received;
}

/** Everything that somebody needs who was not there, such as the reader of a CI log. */
async function report({ sandbox }: Stage): Promise<string> {
  const objects = await listObjects(sandbox.controlPlane.kubectl).catch(() => []);
  const conditions = objects.flatMap((object) =>
    (object.status?.conditions ?? []).map(
      ({ type, status, reason, message }) =>
        `  ${object.kind}/${object.metadata.name}  ${type}=${status}  ${reason}: ${message}`,
    ),
  );
  const calls = sandbox.region.journal.entries
    .slice(-15)
    .map(({ startedAt, operation, outcome }) => `  ${new Date(startedAt).toISOString()}  ${operation}  ${outcome}`);
  return [
    'Conditions:',
    ...conditions,
    'Last calls to AWS:',
    ...calls,
    `The operator's log: ${sandbox.operatorLog}`,
  ].join('\n');
}

/** Tells the story and stops the sandbox, whatever comes of it. */
async function perform(stage: Stage, keep: boolean): Promise<number> {
  const { sandbox, interrupted } = stage;
  try {
    await story(stage);
    await (keep ? explore(stage) : deleteAll(stage));
    await sandbox.stop();
    return 0;
  } catch (error) {
    const wanted = interrupted.signal.aborted;
    if (!wanted) console.error(`\n${error instanceof Error ? error.message : error}\n\n${await report(stage)}`);
    await sandbox.stop({ keepLog: !wanted });
    return wanted ? 130 : 1;
  }
}

async function main(): Promise<number> {
  const startedAt = performance.now();
  const { keep, speed, help } = parseArgs({
    options: {
      keep: { type: 'boolean', default: false },
      speed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  }).values;
  if (help) {
    console.log(usage);
    return 0;
  }
  const interrupted = untilSignal();
  heading('A Kubernetes API server, an AWS region and the operator');
  const sandbox = await startSandbox({
    speed: speedOf(speed),
    signal: interrupted.signal,
    onStep: (step) => console.log(`- ${step}`),
  });
  const exitCode = await perform({ sandbox, interrupted }, keep);
  console.log(`\n${exitCode === 0 ? 'Done' : 'Ended'} after ${Math.round((performance.now() - startedAt) / 1000)} s.`);
  return exitCode;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});
