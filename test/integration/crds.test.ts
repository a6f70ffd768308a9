import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { KindRules, Schema } from '../../src/generate/contract.ts';
import { ruleMessages } from '../../src/generate/docs.ts';
import { generateSchemas } from '../../src/generate/generate.ts';
import type { ResourceNames } from '../../src/kube/types.ts';
import { testCluster } from '../support/cluster.ts';
import { must } from '../support/kubectl.ts';
import { type Answer, type Api, api } from './crds/api.ts';
import type { Attempt } from './crds/cases/shared.ts';
import { ruleCases, schemaCases } from './crds/cases.ts';
import { pathsIn, pathsOf } from './crds/maximal.ts';
import { variants } from './crds/variants.ts';

const cluster = testCluster();
const root = join(import.meta.dirname, '../..');
const crdFolder = join(root, 'crds');
const generated = generateSchemas();
const namespace = await cluster.freshNamespace('crds');
const server = api(cluster.kubeconfig(), namespace);

describe('installing', () => {
  test.each(readdirSync(crdFolder))('%s applies over itself by server-side apply and is Established', async (file) => {
    const path = join(crdFolder, file);
    await must(cluster.kubectl, ['apply', '--server-side', '--force-conflicts', '-f', path]);
    await must(cluster.kubectl, ['wait', '--for=condition=Established', '--timeout=20s', '-f', path]);
  });

  test('the API server finds nothing non-structural', async () => {
    const conditions = await must(cluster.kubectl, [
      'get',
      '-f',
      crdFolder,
      '-o',
      'jsonpath={.items[*].status.conditions[*].type}',
    ]);
    expect(conditions).not.toContain('NonStructuralSchema');
  });
});

describe('rules', () => {
  for (const { names, says, accepted, refused } of ruleCases) {
    const message = onlyMessage(names, says);

    test(`${names.kind}: "${says}" lets through what AWS takes`, async () => {
      for (const attempt of accepted) expect(await tried(names, attempt), show(attempt)).toBe('accepted');
    });

    test(`${names.kind}: "${says}" refuses what AWS refuses`, async () => {
      for (const attempt of refused) expect(await tried(names, attempt), show(attempt)).toContain(message);
    });
  }

  test.each(generated)('every rule of $rules.names.kind is tried', ({ rules: { names }, schema }) => {
    const said = ruleCases.filter((one) => one.names === names).map(({ says }) => says);
    const untried = ruleMessages(schema).filter((message) => !said.some((says) => message.includes(says)));
    expect(untried).toEqual([]);
  });

  test.each(schemaCases)('$names.kind: $says', async ({ names, spec, says }) => {
    expect(await tried(names, { spec })).toContain(says);
  });
});

describe.each(variants(generated))('round trip of $kind', ({ kind, specs, status }) => {
  const { names } = rulesOf(kind);

  test.each(specs.map((spec, index) => [index, spec] as const))(
    'keeps every field of spec %i, at every depth',
    async (_, spec) => {
      const created = accepted(await server.create(names, { metadata: { name: fresh() }, spec }));
      expect(created.spec).toEqual(spec);
    },
  );

  test('keeps every field of status, at every depth', async () => {
    const [spec = {}] = specs;
    const created = accepted(await server.create(names, { metadata: { name: fresh() }, spec }));
    const updated = accepted(await server.replaceStatus(names, { ...created, status }));
    expect(updated.status).toEqual(status);
    expect(updated.spec).toEqual(spec);
  });

  test('leaves no field of the CRD out', () => {
    const { spec, status: said } = schemaOf(kind).properties ?? {};
    const tried = new Set(specs.flatMap((one) => pathsIn(one)));
    expect(pathsOf(spec ?? {}).filter((path) => !tried.has(path))).toEqual([]);
    const told = new Set(pathsIn(status));
    expect(pathsOf(said ?? {}).filter((path) => !told.has(path))).toEqual([]);
  });
});

describe('examples', () => {
  const examples = join(root, 'examples');

  test('quickstart applies, and shows in one table by its category', async () => {
    await must(cluster.kubectl, ['apply', '-n', namespace, '-f', join(examples, 'quickstart')]);
    const table = await must(cluster.kubectl, ['get', 'ecs', '-n', namespace]);
    expect(table).toMatch(/NAME +READY +REASON +STATUS +SERVICES +TASKS +AGE/);
    expect(table).toMatch(/NAME +READY +REASON +FAMILY +REVISION +AGE/);
    expect(table).toMatch(/NAME +READY +REASON +RUNNING +DESIRED +TASK DEFINITION +ROLLOUT +AGE/);
    for (const name of ['ecsc/quickstart', 'ecstd/quickstart', 'ecssvc/quickstart']) {
      await must(cluster.kubectl, ['get', name, '-n', namespace]);
    }
  });

  test('ec2-cluster applies, and shows in one table by its category', async () => {
    const other = await cluster.freshNamespace('crds');
    await must(cluster.kubectl, ['apply', '-n', other, '-f', join(examples, 'ec2-cluster')]);
    const table = await must(cluster.kubectl, ['get', 'ecs', '-n', other]);
    expect(table).toMatch(/NAME +READY +REASON +DESIRED +MIN +MAX +IN SERVICE +REFRESH +AGE/);
    expect(table).toMatch(/NAME +READY +REASON +STATUS +TYPE +GROUP +AGE/);
    expect(table).toMatch(/NAME +READY +REASON +VERSION +IMAGE +AGE/);
    for (const name of ['lt/ec2', 'asg/ec2', 'ecscp/ec2']) await must(cluster.kubectl, ['get', name, '-n', other]);
  });

  test('a task definition JSON under spec is stored as it is', async () => {
    const folder = join(examples, 'task-definition-json');
    const json: unknown = JSON.parse(readFileSync(join(folder, 'register-task-definition.json'), 'utf8'));
    const manifest = readFileSync(join(folder, 'task-definition.yaml'), 'utf8');
    expect(parse(manifest).spec).toEqual(json);
    const stored = await must(cluster.kubectl, ['apply', '-n', namespace, '-f', '-', '-o', 'json'], manifest);
    expect(JSON.parse(stored).spec).toEqual(json);
  });
});

describe('field managers', () => {
  test('one manager owns the image of one container, another the rest', async () => {
    const name = fresh();
    const document = (spec: object): string =>
      JSON.stringify({
        apiVersion: 'ecs-operator.dev/v1alpha1',
        kind: 'ECSTaskDefinition',
        metadata: { name, namespace },
        spec,
      });
    const apply = (manager: string, spec: object): Promise<string> =>
      must(
        cluster.kubectl,
        ['apply', '--server-side', `--field-manager=${manager}`, '-f', '-', '-o', 'json'],
        document(spec),
      );
    const web = { name: 'web', memory: 128, environment: [{ name: 'A', value: '1' }] };
    const log = { name: 'log', image: 'fluent-bit:3', memory: 64 };
    await apply('ci', { containerDefinitions: [{ name: 'web', image: 'web:1', memory: 128 }] });
    const both = await apply('platform', { containerDefinitions: [web, log] });
    expect(JSON.parse(both).spec.containerDefinitions).toEqual([{ ...web, image: 'web:1' }, log]);
  });

  test('kubectl scale sets desiredCount', async () => {
    const name = fresh();
    await server.create(rulesOf('ECSService').names, { metadata: { name }, spec: { taskDefinition: 'web:1' } });
    await must(cluster.kubectl, ['scale', `ecssvc/${name}`, '--replicas=3', '-n', namespace]);
    expect(
      await must(cluster.kubectl, ['get', `ecssvc/${name}`, '-n', namespace, '-o', 'jsonpath={.spec.desiredCount}']),
    ).toBe('3');
  });
});

/** `accepted`, or the message. A change is tried on a stored object. */
async function tried(names: ResourceNames, attempt: Attempt): Promise<string> {
  const metadata = { name: fresh(attempt.name) };
  if ('spec' in attempt) return outcome(await server.create(names, { metadata, spec: attempt.spec }, { dryRun: true }));
  const scratch: Api = attempt.name === undefined ? server : api(cluster.kubeconfig(), await cluster.freshNamespace());
  const before = accepted(await scratch.create(names, { metadata, spec: attempt.from }));
  return outcome(await scratch.tryReplace(names, { ...before, spec: attempt.to }));
}

function outcome(answer: Answer): string {
  return answer.kind === 'accepted' ? 'accepted' : answer.message;
}

function accepted(answer: Answer): Extract<Answer, { kind: 'accepted' }>['object'] {
  if (answer.kind === 'refused') throw new Error(answer.message);
  return answer.object;
}

function rulesOf(kind: string): KindRules {
  const found = generated.find(({ rules }) => rules.names.kind === kind);
  if (found === undefined) throw new Error(`no kind ${kind}`);
  return found.rules;
}

function schemaOf(kind: string): Schema {
  return generated.find(({ rules }) => rules.names.kind === kind)?.schema ?? {};
}

function onlyMessage(names: ResourceNames, says: string): string {
  const schema = generated.find(({ rules }) => rules.names === names)?.schema;
  const found = schema === undefined ? [] : ruleMessages(schema).filter((message) => message.includes(says));
  if (found.length !== 1) throw new Error(`${names.kind} has ${found.length} rules that say "${says}"`);
  return found[0] ?? '';
}

function show(attempt: Attempt): string {
  return JSON.stringify(attempt);
}

let count = 0;
function fresh(name?: string): string {
  count += 1;
  return name ?? `case-${count}`;
}
