import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Absent, absent, type Step } from '../../../../src/engine/kind.ts';
import type {
  LaunchTemplate,
  LaunchTemplateSpec,
  LaunchTemplateStatus,
} from '../../../../src/kinds/launch-template/api.ts';
import { markedHash } from '../../../../src/kinds/launch-template/data.ts';
import type { DesiredTemplate } from '../../../../src/kinds/launch-template/desired.ts';
import { launchTemplate as kind } from '../../../../src/kinds/launch-template/kind.ts';
import type { ObservedTemplate } from '../../../../src/kinds/launch-template/observe.ts';
import { desired } from '../../../support/builders.ts';
import { launchTemplate } from '../../../support/builders-launch-template.ts';
import { TemplateModel } from './template-model.ts';

const PARAMETER = '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id';
const signal = new AbortController().signal;

/** What can happen to a template. A crash is a pass of which only so many calls are sent and no status is written. */
type Happening =
  | { readonly kind: 'spec'; readonly keyName: string }
  | { readonly kind: 'image'; readonly imageId: string }
  | { readonly kind: 'crash'; readonly after: number }
  | { readonly kind: 'pass' }
  | { readonly kind: 'other default' }
  | { readonly kind: 'deleted by hand' };

const happenings: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('spec' as const), keyName: fc.constantFrom('a', 'b', 'c') }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('image' as const), imageId: fc.constantFrom('ami-1', 'ami-2', 'ami-3') }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('crash' as const), after: fc.nat(2) }) },
  { weight: 4, arbitrary: fc.constant({ kind: 'pass' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'other default' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'deleted by hand' as const }) },
);

interface Look {
  readonly desired: DesiredTemplate;
  readonly observed: ObservedTemplate | Absent;
  readonly steps: readonly Step[];
}

/** The operator and EC2, without the engine: a pass observes, sends what is planned, observes again and writes the status. */
class World {
  readonly ec2 = new TemplateModel();
  readonly #limit: number;
  #object: LaunchTemplate;
  #minutes = 0;

  constructor(limit: number) {
    this.#limit = limit;
    this.ec2.images.set(PARAMETER, 'ami-1');
    this.#object = launchTemplate('web', this.#spec('a'));
  }

  get object(): LaunchTemplate {
    return this.#object;
  }

  async happen(happening: Happening): Promise<void> {
    switch (happening.kind) {
      case 'spec':
        return this.#change(happening.keyName);
      case 'image':
        this.ec2.images.set(PARAMETER, happening.imageId);
        return;
      case 'crash':
        for (const step of (await this.#look()).steps.slice(0, happening.after)) this.#send(step);
        return;
      case 'pass':
        await this.pass();
        return;
      case 'other default': {
        const other = this.ec2.versions.at(-1)?.VersionNumber;
        if (other !== undefined) this.ec2.setDefault(other);
        return;
      }
      case 'deleted by hand':
        // One that no status names yet would come back by its client token, and nobody would know that there was one.
        if (this.ec2.template?.LaunchTemplateId === this.#object.status?.launchTemplateId) this.ec2.deleteTemplate();
        return;
      default:
        happening satisfies never;
    }
  }

  /** True when there was nothing to do. */
  async pass(): Promise<boolean> {
    const before = await this.#look();
    for (const step of before.steps) this.#send(step);
    const after = before.steps.every(({ kind: is }) => is === 'wait') ? before : await this.#look();
    if (after.observed !== absent) {
      const { status } = kind.conclude(after.desired, after.observed);
      const settledHash = after.steps.length === 0 ? after.desired.hash : this.#object.status?.settledHash;
      this.#write({ ...status, ...(settledHash === undefined ? {} : { settledHash }) });
    }
    return before.steps.length === 0;
  }

  async #look(): Promise<Look> {
    this.#minutes += 1;
    const wanted = { ...desired(this.#object), now: Date.parse('2026-01-03T00:00:00Z') + this.#minutes * 60_000 };
    const observed = await kind.observe({ reads: this.ec2.reads, signal, afterChange: false }, wanted);
    return { desired: wanted, observed, steps: kind.plan(wanted, observed) };
  }

  #send(step: Step): void {
    if (step.kind === 'call') this.ec2.send(step.command);
  }

  #change(keyName: string): void {
    const { metadata, status } = this.#object;
    const generation = (metadata.generation ?? 0) + 1;
    this.#object = launchTemplate('web', this.#spec(keyName), { metadata: { generation }, status });
  }

  #write(status: LaunchTemplateStatus): void {
    const { metadata, spec } = this.#object;
    this.#object = launchTemplate('web', spec, { metadata, status });
  }

  #spec(keyName: string): LaunchTemplateSpec {
    return {
      launchTemplateData: { keyName, instanceType: 'm5.large' },
      imageSelector: { family: 'AmazonLinux2023', schedule: '* * * * *' },
      versionHistoryLimit: this.#limit,
    };
  }
}

describe('whatever happens to a launch template', () => {
  test('it comes to one version of the wanted content, which is the default, and a history of limited length', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happenings, { maxLength: 25 }), fc.nat(3), async (story, limit) => {
        const world = new World(limit);
        for (const happening of story) {
          await world.happen(happening);
          groupsCanLaunch(world);
        }
        let passes = 0;
        while (!(await world.pass())) {
          passes += 1;
          expect(passes, 'passes until there is nothing to do').toBeLessThan(6);
        }
        agrees(world, limit);
      }),
      { numRuns: 300 },
    );
  });
});

function agrees({ ec2, object }: World, limit: number): void {
  const current = ec2.versions.find(({ VersionNumber }) => VersionNumber === ec2.template?.DefaultVersionNumber);
  expect(current?.LaunchTemplateData).toMatchObject({
    ImageId: ec2.images.get(PARAMETER),
    KeyName: object.spec.launchTemplateData.keyName,
  });
  expect(object.status).toMatchObject({
    launchTemplateId: ec2.template?.LaunchTemplateId,
    defaultVersionNumber: current?.VersionNumber,
    contentHash: markedHash(current?.VersionDescription),
  });
  const marks = ec2.versions.map(({ VersionDescription }) => markedHash(VersionDescription));
  expect(new Set(marks).size, 'versions of one content').toBe(marks.length);
  // Those that groups were told of, or that was the default, may stay until the next change.
  expect(marks.length).toBeLessThanOrEqual(limit + 3);
}

/** The version that groups are told is there, as long as the template is: what is deleted by hand is beyond us. */
function groupsCanLaunch({ ec2, object }: World): void {
  const identity = kind.identity(object);
  if (identity === undefined || identity.arn !== ec2.template?.LaunchTemplateId) return;
  const numbers = ec2.versions.map(({ VersionNumber }) => String(VersionNumber));
  expect(numbers).toContain(identity.details?.version);
}
