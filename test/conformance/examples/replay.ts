import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { CommandResult } from '../../support/kubectl.ts';
import type { CliSession } from '../tools/cli-session.ts';
import { prepareApplicationAutoScaling } from './prepare-application-autoscaling.ts';
import { prepareAutoScaling } from './prepare-autoscaling.ts';
import { prepareEcs } from './prepare-ecs.ts';
import type { RecordedCall } from './rst.ts';
import { type Stage, setStage } from './stage.ts';

/** Prepares what a recorded command names, in a region of its own, and runs it with the real AWS CLI. */
export async function replay(call: RecordedCall, session: CliSession, directory: string): Promise<CommandResult> {
  const stage = await setStage(call);
  try {
    await prepare(stage);
    const words = wordsWithFiles(stage, directory);
    const where = ['--endpoint-url', stage.region.endpoint, '--output', 'json'];
    const region = words.includes('--region') ? [] : ['--region', stage.regionName];
    return await session.run([...words, ...where, ...region]);
  } finally {
    await stage.stop();
  }
}

function prepare(stage: Stage): Promise<void> {
  switch (stage.command.service) {
    case 'ecs':
      return prepareEcs(stage);
    case 'autoscaling':
      return prepareAutoScaling(stage);
    case 'application-autoscaling':
      return prepareApplicationAutoScaling(stage);
    default:
      throw new Error(`${stage.call.id} is of no service that is replayed`);
  }
}

/** The words as they must be typed here; the files that they name are written first. */
function wordsWithFiles(stage: Stage, directory: string): string[] {
  const { files, words, id } = stage.call;
  const folder = join(directory, id.replaceAll(/[^a-z0-9]+/g, '-'));
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(folder, basename(name)), stage.actual(text));
  return words.map((word) =>
    stage.actual(word).replace(/file:\/\/(.*)$/, (_, path: string) => `file://${join(folder, basename(path))}`),
  );
}
