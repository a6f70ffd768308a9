import { setTimeout as delay } from 'node:timers/promises';
import type { JournalEntry } from '../sandbox/region/index.ts';
import type { Manifest, TestBed } from './test-bed.ts';

/** Users who change something all the time: ECSClusters whose container insights go on and off, each by a call of its own. */
export class Churn {
  readonly #bed: TestBed;
  readonly #count: number;
  readonly #turns: number[];
  #running: Promise<void> | undefined;
  #stopping = false;

  constructor(bed: TestBed, count: number) {
    this.#bed = bed;
    this.#count = count;
    this.#turns = Array.from({ length: count }, () => 0);
  }

  get names(): readonly string[] {
    return Array.from({ length: this.#count }, (_, index) => `churn-${index}`);
  }

  /** All clusters are there and Ready. */
  async begin(): Promise<void> {
    await this.#bed.apply(...this.names.map((name) => manifest(name, 0)));
    await Promise.all(this.names.map((name) => this.#bed.ready('ECSCluster', name)));
  }

  /** Goes on with changes, some thirty a second, until `stop`. */
  start(): void {
    this.#stopping = false;
    this.#running = this.#change();
    // Told by `stop`; a test that fails before does not come there.
    this.#running.catch(() => {});
  }

  /** Resolves when AWS has what the last change asked for, everywhere. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
    await Promise.all(this.names.map((name) => this.#bed.ready('ECSCluster', name)));
  }

  async #change(): Promise<void> {
    for (let index = 0; !this.#stopping; index = (index + 1) % this.#count) {
      const turn = (this.#turns[index] ?? 0) + 1;
      this.#turns[index] = turn;
      await this.#bed.apply(manifest(`churn-${index}`, turn));
      // The pace of the load; nobody waits for anything here.
      await delay(30);
    }
  }
}

function manifest(name: string, turn: number): Manifest {
  const value = turn % 2 === 0 ? 'enabled' : 'disabled';
  return { kind: 'ECSCluster', metadata: { name }, spec: { settings: [{ name: 'containerInsights', value }] } };
}

/** Which of the churning clusters a request is about. */
export function clusterOf({ input }: JournalEntry): string | undefined {
  return /churn-\d+/.exec(JSON.stringify(input))?.[0];
}
