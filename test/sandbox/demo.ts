import { parseArgs } from 'node:util';
import { speedOf, untilSignal } from './command-line.ts';
import { instructions } from './instructions.ts';
import { listObjects } from './objects.ts';
import { startSandbox } from './sandbox.ts';
import { stories } from './stories/index.ts';
import { allLive, heading, MissedGoal, type Stage, type Story, showKubectl, watchUntil } from './stories/stage.ts';

const usage = `npm run demo -- [story] [options]

Applies an example to a sandbox, changes things, and deletes everything.

${Object.entries(stories)
  .map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}`)
  .join('\n')}

  --keep       do not delete: leave the sandbox up for exploring, until Ctrl-C
  --speed N    AWS works N times faster than in reality (by default as the story needs it)`;

async function tell(stage: Stage, story: Story): Promise<void> {
  heading(`1. ${story.example}, applied at once`);
  await showKubectl(stage, 'apply', '-f', story.example);
  await watchUntil(stage, story, 'all objects are Ready', allLive(story));
  await showKubectl(stage, 'get', 'ecs');
  for (const [index, chapter] of story.chapters.entries()) {
    heading(`${index + 2}. ${chapter.title}`);
    await chapter.tell(stage, story);
  }
}

async function deleteAll(stage: Stage, story: Story): Promise<void> {
  heading(`${story.chapters.length + 2}. Everything deleted at once, in whatever order kubectl takes the files`);
  await showKubectl(stage, 'delete', '--wait=false', '-f', story.example);
  await watchUntil(stage, story, 'no object is left', (objects) => objects.length === 0);
  const left = Object.entries(stage.sandbox.region.inventory());
  console.log(`Left in AWS: ${left.map(([what, arns]) => `${arns.length} ${what}`).join(', ')}`);
  const leftovers = left.flatMap(([, arns]) => arns);
  if (leftovers.length > 0) throw new MissedGoal(`AWS still has ${leftovers.join(', ')}.`);
}

async function explore(stage: Stage, story: Story): Promise<void> {
  heading(`${story.chapters.length + 2}. Everything as it was first, so that there is something to explore`);
  await showKubectl(stage, 'apply', '-f', story.example);
  await watchUntil(stage, story, 'all objects are Ready', allLive(story));
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
async function perform(stage: Stage, story: Story, keep: boolean): Promise<number> {
  const { sandbox, interrupted } = stage;
  try {
    await tell(stage, story);
    await (keep ? explore(stage, story) : deleteAll(stage, story));
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
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      keep: { type: 'boolean', default: false },
      speed: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const [name = 'quickstart'] = positionals;
  const story = stories[name];
  if (story === undefined) throw new Error(`No story "${name}"; there are ${Object.keys(stories).join(', ')}.`);
  const interrupted = untilSignal();
  heading('A Kubernetes API server, an AWS region and the operator');
  const sandbox = await startSandbox({
    speed: values.speed === undefined ? story.speed : speedOf(values.speed),
    signal: interrupted.signal,
    onStep: (step) => console.log(`- ${step}`),
  });
  const exitCode = await perform({ sandbox, interrupted }, story, values.keep);
  console.log(`\n${exitCode === 0 ? 'Done' : 'Ended'} after ${Math.round((performance.now() - startedAt) / 1000)} s.`);
  return exitCode;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});
