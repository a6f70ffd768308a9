import { setTimeout as delay } from 'node:timers/promises';
import { styleText } from 'node:util';
import { must } from '../../support/kubectl.ts';
import type { Interruption } from '../command-line.ts';
import { liveTable } from '../live-table.ts';
import { type EcsObject, isLive, listObjects, tableHeader, tableRow } from '../objects.ts';
import type { Sandbox } from '../sandbox.ts';

const pollMs = 250;

/** Where a story is told: a running sandbox, and somebody who watches. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly interrupted: Interruption;
}

/** Something to be shown from the example manifests of a folder, and to be deleted afterwards. */
export interface Story {
  readonly summary: string;
  /** Folder that is applied. */
  readonly example: string;
  /** Objects in it. */
  readonly objects: number;
  /** How many times faster than reality AWS works, unless the user says. */
  readonly speed: number;
  readonly stepDeadlineMs: number;
  /** What is told between the application and the deletion, step by step. */
  readonly chapters: readonly Chapter[];
}

export interface Chapter {
  readonly title: string;
  tell(stage: Stage, story: Story): Promise<void>;
}

export type Goal = (objects: readonly EcsObject[]) => boolean;

/** A step that did not reach its goal. */
export class MissedGoal extends Error {
  override readonly name = 'MissedGoal';
}

export function heading(text: string): void {
  console.log(`\n${styleText('bold', text, { stream: process.stdout })}`);
}

/** Runs kubectl in the open, so that the reader learns the command. */
export async function showKubectl({ sandbox }: Stage, ...args: string[]): Promise<void> {
  console.log(`$ kubectl ${args.map((arg) => (/[\s"[{]/.test(arg) ? `'${arg}'` : arg)).join(' ')}`);
  console.log((await must(sandbox.controlPlane.kubectl, args)).trimEnd());
}

/** Shows the live table until `goal` holds. */
export async function watchUntil(
  { sandbox, interrupted }: Stage,
  { stepDeadlineMs }: Story,
  waitingFor: string,
  goal: Goal,
): Promise<void> {
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

/** All objects of the story are there and Ready. */
export function allLive({ objects: count }: Story): Goal {
  return (objects) => objects.length === count && objects.every(isLive);
}
