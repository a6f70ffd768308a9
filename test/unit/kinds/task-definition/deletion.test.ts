import { DeregisterTaskDefinitionCommand, type Tag } from '@aws-sdk/client-ecs';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { RequestBudget } from '../../../../src/aws/budget.ts';
import type { AwsReads, TaskDefinitionAnswer } from '../../../../src/aws/reads.ts';
import { budgeted } from '../../../../src/aws/region.ts';
import { RevisionSearches } from '../../../../src/aws/taskdefinitions.ts';
import { outcomeOfError } from '../../../../src/engine/failure.ts';
import { PassMemory } from '../../../../src/engine/memory.ts';
import { defaultEngineOptions } from '../../../../src/engine/options.ts';
import { remove } from '../../../../src/engine/remove.ts';
import { Work } from '../../../../src/engine/work.ts';
import { fromUnknown } from '../../../../src/errors.ts';
import { kinds } from '../../../../src/kinds/index.ts';
import type { ECSTaskDefinition } from '../../../../src/kinds/task-definition/api.ts';
import { arns, deleted, desired, ecsTaskDefinition, ownTags, smallTaskDefinition } from '../../../support/builders.ts';
import { unusedReads } from '../../../support/reads.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const web = ecsTaskDefinition('web', smallTaskDefinition, { metadata: deleted });

/** What a pass came to, and how long it took in virtual time. */
interface Ended {
  readonly kind: string;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly tookMs: number;
}

/** A family in AWS, behind the request budget that the operator has at AWS's published rates; answers take no time. */
class Family {
  readonly clock = new VirtualClock();
  readonly budget = new RequestBudget(this.clock);
  readonly memory = new PassMemory(this.clock);
  readonly described: string[] = [];
  readonly #searches = new RevisionSearches(this.clock);
  readonly #tags = new Map<string, readonly Tag[]>();

  add(count: number, tags: readonly Tag[]): this {
    for (let added = 0; added < count; added += 1)
      this.#tags.set(arns.taskDefinition(`web:${this.#tags.size + 1}`), tags);
    return this;
  }

  owned(by: ECSTaskDefinition): number {
    const uid = by.metadata.uid;
    return [...this.#tags.values()].filter((tags) => tags.some(({ value }) => value === uid)).length;
  }

  get size(): number {
    return this.#tags.size;
  }

  /** One pass of the engine over the deletion, as the controller runs it. */
  async pass(of: ECSTaskDefinition = web): Promise<Ended> {
    const kind = kinds.find(({ names }) => names.kind === 'ECSTaskDefinition');
    if (kind === undefined) throw new Error('no such kind');
    const { clock, memory } = this;
    const startedMs = clock.monotonicMs();
    const deadline = new AbortController();
    const cancel = clock.schedule(defaultEngineOptions.passDeadlineMs, () =>
      deadline.abort(new Error('pass deadline')),
    );
    const { signal } = deadline;
    const bound = { reads: this.#reads(signal), send: (_: string, command: object) => this.#send(command, signal) };
    const cloud = { identify: () => Promise.reject(new Error('not asked')), bind: () => bound };
    const directory = { get: () => undefined, identity: () => undefined, referrers: () => [] };
    const deps = { kind, events: { record: () => {} }, cloud, directory, memory };
    const work = new Work(deps, desired(of), { cloud: bound, signal, log: pino({ level: 'silent' }) });
    const found = await this.#inTime(remove(work)).catch((error: unknown) => ({
      outcome: outcomeOfError(fromUnknown(error), false),
    }));
    cancel();
    const tookMs = clock.monotonicMs() - startedMs;
    return found === 'released' ? { kind: 'released', tookMs } : { ...found.outcome, tookMs };
  }

  /** Passes until the finalizer may go, with a little time between. */
  async passes(): Promise<readonly Ended[]> {
    const all: Ended[] = [];
    do {
      all.push(await this.pass());
      this.clock.advance(2_000);
    } while (all.at(-1)?.kind !== 'released' && all.length < 200);
    return all;
  }

  #reads(signal: AbortSignal): AwsReads {
    const paid = (operation: string): Promise<void> =>
      budgeted(operation, this.budget.acquire('ecs', operation, 'user', signal).turn);
    const describeTaskDefinition = async (arn: string): Promise<TaskDefinitionAnswer | undefined> => {
      await paid('DescribeTaskDefinition');
      this.described.push(arn);
      const tags = this.#tags.get(arn);
      return tags === undefined ? undefined : { taskDefinition: { taskDefinitionArn: arn, status: 'ACTIVE' }, tags };
    };
    return {
      ...unusedReads,
      describeTaskDefinition,
      findOwnRevisions: (uid, arns) => this.#searches.find(uid, arns, describeTaskDefinition),
      listTaskDefinitions: async () => {
        for (let page = 0; page === 0 || page * 100 < this.#tags.size; page += 1) await paid('ListTaskDefinitions');
        return [...this.#tags.keys()].toReversed();
      },
    };
  }

  async #send(command: object, signal: AbortSignal): Promise<void> {
    if (!(command instanceof DeregisterTaskDefinitionCommand)) throw new Error('another command');
    const operation = 'DeregisterTaskDefinition';
    await budgeted(operation, this.budget.acquire('ecs', operation, 'user', signal).turn);
    this.#tags.delete(command.input.taskDefinition ?? '');
  }

  /** Lets time pass, from timer to timer, until the work is done. */
  async #inTime<Result>(work: Promise<Result>): Promise<Result> {
    let done = false;
    const settled = work.finally(() => {
      done = true;
    });
    settled.catch(() => {});
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (done) return settled;
      this.clock.advance(this.clock.pending[0] ?? 0);
    }
  }
}

const theirs: readonly Tag[] = [{ key: 'made-by', value: 'ci' }];

describe('a family with more ACTIVE revisions than the request budget describes at once', () => {
  test.each([1, 0.25])('is deregistered whole, in passes none of which fails, with %d of the budget', async (share) => {
    const family = new Family().add(160, ownTags(web));
    family.budget.share = share;
    const passes = await family.passes();
    expect(passes.at(-1)?.kind).toBe('released');
    expect(family.size).toBe(0);
    // With a quarter, a pass may wait for the budget of deregistering until its deadline; what it has done is done.
    const kinds = new Set(passes.slice(0, -1).map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(share === 1 ? ['progressing'] : ['progressing', 'throttled']));
  });

  test('is looked through to its end before the finalizer goes, each of the others once', async () => {
    const family = new Family().add(3, ownTags(web)).add(997, theirs);
    const passes = await family.passes();
    expect(passes.at(-1)?.kind).toBe('released');
    expect([family.owned(web), family.size]).toEqual([0, 997]);
    const counts = new Map<string, number>();
    for (const arn of family.described) counts.set(arn, (counts.get(arn) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(2);
    expect(family.described.length).toBeLessThanOrEqual(1_010);
    expect(Math.max(...passes.map(({ tookMs }) => tookMs))).toBeLessThan(defaultEngineOptions.passDeadlineMs / 2);
    expect(passes[0]).toMatchObject({
      kind: 'progressing',
      reason: 'Deleting',
      message: 'Looking for revisions of this object among the 1000 that are ACTIVE in the family "web"; 900 are left.',
    });
  });

  test('loses those first that the status knows', async () => {
    const family = new Family().add(2, ownTags(web)).add(500, theirs);
    const revisions = [1, 2].map((revision) => ({
      taskDefinitionArn: arns.taskDefinition(`web:${revision}`),
      contentHash: 'h',
    }));
    await family.pass(ecsTaskDefinition('web', smallTaskDefinition, { metadata: deleted, status: { revisions } }));
    expect([family.owned(web), family.size]).toEqual([0, 500]);
  });
});
