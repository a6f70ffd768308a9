import {
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  type Tag,
  type TaskDefinition,
  type TaskDefinitionStatus,
} from '@aws-sdk/client-ecs';
import type { Clock } from '../clock.ts';
import type { ManyRead } from './batchreads.ts';
import { chunks } from './chunks.ts';
import { ownerTag, tagValue } from './ownership.ts';
import { type Ask, allPages } from './pages.ts';
import type { OwnRevisions, TaskDefinitionAnswer } from './reads.ts';

/** One revision and its tags; each is its own group, since AWS has no batch call for task definitions. */
export const taskDefinitions: ManyRead<TaskDefinitionAnswer | undefined> = {
  service: 'ecs',
  operation: 'DescribeTaskDefinition',
  maxKeys: 1,
  absent: undefined,
  fetch: async (ask, arnOrFamily) => {
    const command = new DescribeTaskDefinitionCommand({ taskDefinition: arnOrFamily, include: ['TAGS'] });
    const { taskDefinition, tags } = await ask(command);
    if (taskDefinition === undefined) return new Map();
    return new Map([[arnOrFamily, { value: { taskDefinition, tags: tags ?? [] } }]]);
  },
};

/**
 * Which of the families have an ACTIVE revision. One walk over what shares their common prefix answers for all, and for a
 * single family that prefix is its name. The walk stops after as many pages as there are families, so that in an account with
 * tens of thousands of them it never costs much more than asking for each; what is open then is asked for by itself.
 */
export const activeFamilies: ManyRead<boolean> = {
  service: 'ecs',
  operation: 'ListTaskDefinitionFamilies',
  maxKeys: 1_000,
  absent: false,
  fetch: async (ask, _, families) => {
    const maxPages = families.length === 1 ? Number.POSITIVE_INFINITY : families.length;
    const walk = await walkFamilies(ask, commonPrefix(families), families, maxPages);
    const answerFor = async (family: string): Promise<boolean> => {
      if (walk.complete || walk.found.has(family)) return walk.found.has(family);
      return (await walkFamilies(ask, family, [family], Number.POSITIVE_INFINITY)).found.has(family);
    };
    return new Map(
      await Promise.all(families.map(async (family) => [family, { value: await answerFor(family) }] as const)),
    );
  },
};

/** Pages through the ACTIVE families of a prefix until all that are looked for are found. */
async function walkFamilies(
  ask: Ask,
  prefix: string,
  lookedFor: readonly string[],
  maxPages: number,
): Promise<{ readonly found: ReadonlySet<string>; readonly complete: boolean }> {
  const wanted = new Set(lookedFor);
  const found = new Set<string>();
  const familyPrefix = prefix === '' ? undefined : prefix;
  let nextToken: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await ask(
      new ListTaskDefinitionFamiliesCommand({ familyPrefix, status: 'ACTIVE', maxResults: 100, nextToken }),
    );
    for (const family of answer.families ?? []) if (wanted.has(family)) found.add(family);
    nextToken = answer.nextToken;
    if (nextToken === undefined || found.size === wanted.size) return { found, complete: true };
  }
  return { found, complete: false };
}

function commonPrefix(words: readonly string[]): string {
  let prefix = words[0] ?? '';
  for (const word of words) while (!word.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix;
}

export async function listTaskDefinitions(
  ask: Ask,
  family: string,
  status: TaskDefinitionStatus,
): Promise<readonly string[]> {
  const arns = await allPages(async (nextToken) => {
    const command = new ListTaskDefinitionsCommand({
      familyPrefix: family,
      status,
      sort: 'DESC',
      maxResults: 100,
      nextToken,
    });
    const page = await ask(command);
    return { items: page.taskDefinitionArns, next: page.nextToken };
  });
  // `familyPrefix` means the whole family here, by AWS's documentation; the check costs nothing.
  return arns.filter((arn) => arn.includes(`:task-definition/${family}:`));
}

/** Described at one moment: all of a large family would fill the line for the request budget, and turn others and itself away. */
const searchedAtOnce = 10;
/** Described in one search, so that its pass ends well before the deadline: ten a second are what the budget refills. */
const searchedInAll = 100;
/** Nobody goes on with a search after this long. */
const searchKeptForMs = 10 * 60_000;

interface RevisionSearch {
  /** Revisions that are not the owner's. */
  readonly foreign: Set<string>;
  lastMs: number;
}

/**
 * Looks through a family for the revisions of an owner that is being deleted. AWS describes them one a call, and a family may have thousands
 * that others registered, so a search looks at some and remembers which are not the owner's, for the next one to go on from there. Sound because such
 * an owner tags nothing any more.
 */
export class RevisionSearches {
  readonly #clock: Clock;
  readonly #byOwner = new Map<string, RevisionSearch>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async find(
    uid: string,
    arns: readonly string[],
    describe: (arn: string) => Promise<TaskDefinitionAnswer | undefined>,
  ): Promise<OwnRevisions> {
    const { foreign } = this.#searchFor(uid);
    const look = async (arn: string): Promise<readonly string[]> => {
      const answer = await describe(arn);
      if (tagValue(answer?.tags, ownerTag) === uid) return [arn];
      // One that is listed and not shown may have been registered a moment ago: by whom is not known yet.
      if (answer !== undefined) foreign.add(arn);
      return [];
    };
    const open = (): readonly string[] => arns.filter((arn) => !foreign.has(arn));
    for (const chunk of chunks(open().slice(0, searchedInAll), searchedAtOnce)) {
      const own = (await Promise.all(chunk.map(look))).flat();
      if (own.length > 0) return { own, open: open().length };
    }
    return { own: [], open: open().length };
  }

  #searchFor(uid: string): RevisionSearch {
    const now = this.#clock.monotonicMs();
    for (const [owner, { lastMs }] of this.#byOwner) {
      if (lastMs + searchKeptForMs <= now) this.#byOwner.delete(owner);
    }
    const search = this.#byOwner.get(uid) ?? { foreign: new Set(), lastMs: now };
    search.lastMs = now;
    this.#byOwner.set(uid, search);
    return search;
  }
}

const registeredForMs = 60_000;

interface Registered {
  readonly answer: TaskDefinitionAnswer;
  readonly names: readonly string[];
  readonly expiresMs: number;
}

/**
 * Revisions as RegisterTaskDefinition itself returned them, so that the pass after a registration need not read back what AWS
 * has just said. Sound because a revision's content never changes; its status and tags can, so an answer is given out once,
 * for a minute, and the next resync reads AWS.
 */
export class RegisteredRevisions {
  readonly #clock: Clock;
  /** By ARN, and by family: what has just been registered is the family's newest revision. */
  readonly #byName = new Map<string, Registered>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  put(answer: {
    readonly taskDefinition?: TaskDefinition | undefined;
    readonly tags?: readonly Tag[] | undefined;
  }): void {
    const now = this.#clock.monotonicMs();
    for (const [name, { expiresMs }] of this.#byName) if (expiresMs <= now) this.#byName.delete(name);
    const { taskDefinition, tags } = answer;
    // Without its tags a revision looks like somebody else's: it is read then (moto 5.2.5 leaves them out here).
    if (taskDefinition?.taskDefinitionArn === undefined || taskDefinition.family === undefined || !tags) return;
    const names = [taskDefinition.taskDefinitionArn, taskDefinition.family];
    const registered = { answer: { taskDefinition, tags }, names, expiresMs: now + registeredForMs };
    for (const name of names) this.#byName.set(name, registered);
  }

  take(arnOrFamily: string): TaskDefinitionAnswer | undefined {
    const entry = this.#byName.get(arnOrFamily);
    this.forget(arnOrFamily);
    return entry !== undefined && entry.expiresMs > this.#clock.monotonicMs() ? entry.answer : undefined;
  }

  forget(arnOrFamily: string): void {
    for (const name of this.#byName.get(arnOrFamily)?.names ?? []) this.#byName.delete(name);
  }
}
