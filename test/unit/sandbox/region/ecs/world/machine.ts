import { ECS_HANDLERS } from '../../../../../sandbox/region/ecs/operations.ts';
import type { ServiceState } from '../../../../../sandbox/region/ecs/services/state.ts';
import { AwsError } from '../../../../../sandbox/region/errors.ts';
import { emptyIam } from '../../../../../sandbox/region/iam.ts';
import { REALISTIC } from '../../../../../sandbox/region/timings.ts';
import type { Caller } from '../../../../../sandbox/region/wire/caller.ts';
import { createWorld, type World } from '../../../../../sandbox/region/world.ts';

const CALLER: Caller = {
  accessKey: '123456789012',
  account: '123456789012',
  region: 'eu-central-1',
  service: 'ecs',
  arn: 'arn:aws:iam::123456789012:user/tester',
  userId: '123456789012',
};

/** A world of its own, without a server, in which a test is there at every look of the service scheduler. */
export class Machine {
  readonly world: World;
  #now = Date.UTC(2026, 0, 1);

  constructor(onLook: (world: World, service: ServiceState, look: () => void) => void) {
    const world = createWorld({
      account: CALLER.account,
      region: CALLER.region,
      timings: REALISTIC,
      iam: emptyIam(),
      start: this.#now,
    });
    this.world = {
      ...world,
      on: { ...world.on, service: (at, service) => onLook(at, service, () => world.on.service(at, service)) },
    };
  }

  /** Errors that AWS would answer are part of life; anything else fails the test. The answer, unless it was one. */
  call(operation: string, input: object): object | undefined {
    const handler = ECS_HANDLERS[operation];
    if (handler === undefined) throw new Error(`no such operation: ${operation}`);
    this.world.agenda.runUntil(this.#now);
    try {
      // The inputs of the tests are the operations' own.
      return handler(this.world, input as never, CALLER);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return undefined;
    }
  }

  wait(ms: number): void {
    this.#now += ms;
    this.world.agenda.runUntil(this.#now);
  }
}
