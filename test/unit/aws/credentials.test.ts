import type { AssumeRoleCommandInput, AssumeRoleCommandOutput } from '@aws-sdk/client-sts';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { RoleCredentials } from '../../../src/aws/credentials.ts';
import { OperatorError } from '../../../src/errors.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const roleArn = 'arn:aws:iam::111111111111:role/ecs';
const minute = 60_000;

/** STS as a test wants it: it answers at once, or when told to. */
class Sts {
  readonly asked: AssumeRoleCommandInput[] = [];
  error: OperatorError | undefined;
  /** Requests that are not answered yet, while `slow`. */
  slow = false;
  underWay = 0;
  mostUnderWay = 0;
  #answer: (() => void)[] = [];

  readonly assume = async (input: AssumeRoleCommandInput): Promise<AssumeRoleCommandOutput> => {
    this.asked.push(input);
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    const number = this.asked.length;
    try {
      if (this.slow) await new Promise<void>((resolve) => this.#answer.push(resolve));
      if (this.error !== undefined) throw this.error;
    } finally {
      this.underWay -= 1;
    }
    return {
      Credentials: {
        AccessKeyId: `ASIA${number}`,
        SecretAccessKey: 's',
        SessionToken: 't',
        // A clock of AWS's that has nothing to do with ours.
        Expiration: new Date(0),
      },
      $metadata: {},
    };
  };

  answer(): void {
    for (const resolve of this.#answer.splice(0)) resolve();
  }
}

let clock: VirtualClock;
let sts: Sts;
let credentials: RoleCredentials;

beforeEach(() => {
  clock = new VirtualClock();
  sts = new Sts();
  const role = { roleArn, externalId: 'shop' };
  credentials = new RoleCredentials({ role, sessionName: 'ecs-operator-pod', clock, assume: sts.assume });
});

const key = async (): Promise<string> => (await credentials.provider()).accessKeyId;
const refusal = new OperatorError('failed', 'AccessDenied', 'AssumeRole: no.', { operation: 'AssumeRole' });
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('the role is asked for with its external id, for an hour, under the operator’s name', async () => {
  await key();
  expect(sts.asked).toEqual([
    { RoleArn: roleArn, RoleSessionName: 'ecs-operator-pod', DurationSeconds: 3_600, ExternalId: 'shop' },
  ]);
});

test('all who ask at once are answered by one request', async () => {
  sts.slow = true;
  const keys = Promise.all([key(), key(), key()]);
  await settle();
  sts.answer();
  expect(await keys).toEqual(['ASIA1', 'ASIA1', 'ASIA1']);
  expect(sts.asked).toHaveLength(1);
});

test('one who gives up leaves the others theirs', async () => {
  sts.slow = true;
  const controller = new AbortController();
  const left = credentials.get(controller.signal);
  const stays = key();
  await settle();
  controller.abort();
  await expect(left).rejects.toMatchObject({ disposition: 'failed', reason: 'Aborted', operation: 'AssumeRole' });
  sts.answer();
  expect(await stays).toBe('ASIA1');
});

describe('renewal', () => {
  test('happens five minutes before the end, and nobody waits for it', async () => {
    expect(await key()).toBe('ASIA1');
    clock.advance(55 * minute - 1);
    expect(await key()).toBe('ASIA1');
    expect(sts.asked).toHaveLength(1);
    clock.advance(1);
    expect(await key()).toBe('ASIA1');
    await settle();
    expect(await key()).toBe('ASIA2');
  });

  test('that fails is tried again while the old ones hold, and not more often than every two seconds', async () => {
    await key();
    clock.advance(55 * minute);
    sts.error = refusal;
    for (let times = 0; times < 10; times += 1) {
      expect(await key()).toBe('ASIA1');
      await settle();
    }
    expect(sts.asked).toHaveLength(2);
    clock.advance(2_000);
    await key();
    await settle();
    expect(sts.asked).toHaveLength(3);
    sts.error = undefined;
    clock.advance(2_000);
    await key();
    await settle();
    expect(await key()).toBe('ASIA4');
  });

  test('that has failed to the end leaves none', async () => {
    await key();
    sts.error = refusal;
    clock.advance(60 * minute);
    await expect(key()).rejects.toMatchObject({ reason: 'AccessDenied' });
  });
});

describe('a failure', () => {
  test('names the role, and keeps what AWS said', async () => {
    sts.error = refusal;
    await expect(key()).rejects.toMatchObject({
      disposition: 'failed',
      reason: 'AccessDenied',
      operation: 'AssumeRole',
      message: `AssumeRole: no. The role is ${roleArn}.`,
    });
  });

  test('is told for two seconds without another request', async () => {
    sts.error = refusal;
    await expect(key()).rejects.toMatchObject({ reason: 'AccessDenied' });
    sts.error = undefined;
    clock.advance(1_999);
    await expect(key()).rejects.toMatchObject({ reason: 'AccessDenied' });
    clock.advance(1);
    expect(await key()).toBe('ASIA2');
  });

  test('is an answer without credentials too', async () => {
    const assume = async (): Promise<AssumeRoleCommandOutput> => ({ $metadata: {} });
    const empty = new RoleCredentials({ role: { roleArn }, sessionName: 's', clock, assume });
    await expect(empty.get()).rejects.toMatchObject({ reason: 'IncompleteAnswer' });
  });
});

test('credentials that AWS refuses are replaced, unless they are new: then it is not their age', async () => {
  await key();
  credentials.refused();
  expect(await key()).toBe('ASIA1');
  clock.advance(10_000);
  credentials.refused();
  expect(await key()).toBe('ASIA2');
});

test('the SDK does not keep credentials beside this', () => {
  expect(credentials.provider.memoized).toBe(true);
});

/** One set of credentials and all that may happen to it, step by step. */
class Story {
  readonly clock = new VirtualClock();
  readonly sts = new Sts();
  /** Ages of the credentials that were given out. */
  readonly ages: number[] = [];
  readonly #askedAt: number[] = [];
  readonly #asking: Promise<void>[] = [];
  readonly #credentials = new RoleCredentials({
    role: { roleArn },
    sessionName: 's',
    clock: this.clock,
    assume: (input) => {
      this.#askedAt.push(this.clock.monotonicMs());
      return this.sts.assume(input);
    },
  });

  refused(): void {
    this.#credentials.refused();
  }

  ask(): void {
    const at = this.clock.monotonicMs();
    this.#asking.push(
      this.#credentials.get().then(
        ({ accessKeyId }) => {
          this.ages.push(at - (this.#askedAt[Number(accessKeyId.slice(4)) - 1] ?? 0));
        },
        (error: unknown) => expect(error).toBe(refusalOf(error)),
      ),
    );
  }

  async end(): Promise<void> {
    this.sts.answer();
    await settle();
    this.sts.answer();
    await Promise.all(this.#asking);
  }
}

/** The error itself if it says why there are no credentials. */
function refusalOf(error: unknown): unknown {
  return error instanceof OperatorError && error.reason === 'AccessDenied' ? error : undefined;
}

type Act = (story: Story) => void;

const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 20 * minute }).map(
      (ms): Act =>
        ({ clock: time }) =>
          time.advance(ms),
    ),
    fc.constant<Act>((story) => story.ask()),
    fc.constant<Act>((story) => story.refused()),
    fc.boolean().map(
      (fails): Act =>
        ({ sts: server }) => {
          server.error = fails ? refusal : undefined;
        },
    ),
    fc.boolean().map(
      (slow): Act =>
        ({ sts: server }) => {
          server.slow = slow;
          if (!slow) server.answer();
        },
    ),
  ),
  { maxLength: 60 },
);

test('at any time, whatever fails: one request at most, and no credentials past their end', async () => {
  await fc.assert(
    fc.asyncProperty(acts, async (steps) => {
      const story = new Story();
      for (const step of steps) {
        step(story);
        await Promise.resolve();
      }
      await story.end();
      expect(story.sts.mostUnderWay).toBeLessThanOrEqual(1);
      for (const age of story.ages) expect(age).toBeLessThan(60 * minute);
    }),
    { numRuns: 200 },
  );
});
