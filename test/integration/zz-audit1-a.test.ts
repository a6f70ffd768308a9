import { CreateAutoScalingGroupCommand, DeleteAutoScalingGroupCommand, DescribeInstanceRefreshesCommand, PutScalingPolicyCommand, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { DeleteLaunchTemplateCommand, DescribeLaunchTemplateVersionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DeleteClusterCommand, DescribeCapacityProvidersCommand, ListContainerInstancesCommand, CreateServiceCommand, DeleteServiceCommand, RunTaskCommand, StopTaskCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connection } from '../sandbox/region/index.ts';
import { eventually } from '../support/eventually.ts';
import { type GroupBed, group, groupBed, launchTemplate, templateData } from '../support/group-bed.ts';
import { cluster } from '../support/manifests.ts';
import { condition, isReady, type Managed, type Manifest } from '../support/test-bed.ts';

const SPEED = 60;
const IMAGE_2 = 'ami-00000000000000002';
const IMAGE_3 = 'ami-00000000000000003';

describe('audit', () => {
  let bed: GroupBed;
  let ec2: EC2Client;
  beforeAll(async () => {
    bed = await groupBed({ region: { timings: 'realistic', speed: SPEED } });
    ec2 = new EC2Client(connection(bed.region, { region: bed.config.region }));
  });
  afterAll(() => bed?.stop());

  const until = (what: string, kind: string, name: string, ok: (o: Managed | undefined) => boolean, ms = 100_000) =>
    eventually(`${what}: ${kind} ${name}`, async () => {
      const value = await bed.get(kind, name);
      return { value: value === undefined ? undefined : { ...value, metadata: { name, deletionTimestamp: value.metadata.deletionTimestamp } }, done: ok(value) };
    }, ms);
  const ready = (kind: string, name: string) => until('ready', kind, name, (o) => o !== undefined && isReady(o));
  const gone = (kind: string, name: string) => until('gone', kind, name, (o) => o === undefined);
  const provider = (name: string, more: object = {}, spec: object = {}): Manifest => ({
    kind: 'ECSCapacityProvider',
    metadata: { name },
    spec: { autoScalingGroupProvider: { autoScalingGroupRef: { name }, managedScaling: { status: 'ENABLED' }, managedDraining: 'ENABLED', ...more }, ...spec },
  });
  const td = (name: string): Manifest => ({ kind: 'ECSTaskDefinition', metadata: { name }, spec: { containerDefinitions: [{ name: 'app', image: 'nginx', cpu: 512, memory: 1024 }] } });
  const svc = (name: string, spec: object = {}): Manifest => ({ kind: 'ECSService', metadata: { name }, spec: { clusterRef: { name }, taskDefinitionRef: { name }, desiredCount: 4, ...spec } });
  const circle = (name: string, g: object = {}, p: object = {}, c: object = {}): Manifest[] => [
    cluster(name, { capacityProviderRefs: [{ name }], defaultCapacityProviderStrategy: [{ capacityProviderRef: { name }, weight: 1 }], ...c }),
    launchTemplate(name, { ecs: { clusterRef: { name } } }),
    group(name, { launchTemplateRef: { name }, minSize: 0, maxSize: 10, defaultInstanceWarmup: 0, instanceRefresh: { minHealthyPercentage: 50 }, ...g }),
    provider(name, p),
  ];
  const allReady = async (ms: Manifest[]) => { for (const m of ms) await ready(m.kind, m.metadata.name); };
  const del = (ms: Manifest[]) => Promise.all(ms.map((m) => bed.delete(m.kind, m.metadata.name)));
  const allGone = async (ms: Manifest[]) => { for (const m of ms) await gone(m.kind, m.metadata.name); };
  const leftovers = (name: string) => {
    const inv = bed.region.inventory() as unknown as Record<string, readonly string[]>;
    return Object.entries(inv).flatMap(([k, v]) => v.filter((x) => typeof x === 'string' && new RegExp(`/${name}(/|$)`).test(x)).map((x) => `${k}:${x}`));
  };
  const newVersion = (name: string, imageId: string, more: object = {}) =>
    bed.apply(launchTemplate(name, { ecs: { clusterRef: { name } }, launchTemplateData: { ...templateData(), imageId }, ...more }));
  const calls = (name: string, mark: number) => bed.region.journal.mutations(mark).filter(({ input }) => JSON.stringify(input).includes(`"${name}"`)).map(({ operation }) => operation);
  const T = { timeout: 200_000 };

  it.concurrent('deletion while a refresh runs', T, async () => {
    const n = 'a01';
    const all = [...circle(n, { newInstancesProtectedFromScaleIn: true }, { managedTerminationProtection: 'ENABLED' }), td(n), svc(n)];
    await bed.apply(...all);
    await allReady(all);
    await newVersion(n, IMAGE_2);
    await until('refreshing', 'AutoScalingGroup', n, (o) => JSON.stringify(o?.status?.instanceRefresh ?? {}).includes('InProgress'));
    await del(all);
    await allGone(all);
    expect(leftovers(n)).toEqual([]);
  });

  it.concurrent('deletion while instances are launched', T, async () => {
    const n = 'a02';
    const all = [...circle(n, { minSize: 3 }), td(n), svc(n)];
    await bed.apply(...all);
    await eventually('launching', async () => { const g = await bed.group(n); return { value: g, done: (g?.Instances?.length ?? 0) > 0 }; }, 60_000);
    await del(all);
    await allGone(all);
    expect(leftovers(n)).toEqual([]);
  });

  it.concurrent('cluster alone, provider alone, the rest later', T, async () => {
    const n = 'a03';
    const all = [...circle(n, { minSize: 2 }), td(n), svc(n)];
    await bed.apply(...all);
    await allReady(all);
    await bed.delete('ECSCluster', n);
    const c = await until('in use', 'ECSCluster', n, (o) => condition(o, 'Ready')?.reason === 'InUse');
    console.log(n, 'cluster', condition(c as Managed, 'Ready')?.message);
    await bed.delete('ECSCapacityProvider', n);
    const p = await until('in use', 'ECSCapacityProvider', n, (o) => condition(o, 'Ready')?.reason === 'InUse');
    console.log(n, 'provider', condition(p as Managed, 'Ready')?.message);
    await bed.delete('ECSService', n);
    await gone('ECSService', n);
    await gone('ECSCapacityProvider', n);
    const c2 = await bed.get('ECSCluster', n);
    console.log(n, 'cluster then', condition(c2, 'Ready')?.message);
    await bed.delete('LaunchTemplate', n);
    const t = await until('in use', 'LaunchTemplate', n, (o) => condition(o, 'Ready')?.reason === 'InUse');
    console.log(n, 'template', condition(t as Managed, 'Ready')?.message);
    await bed.delete('AutoScalingGroup', n);
    await bed.delete('ECSTaskDefinition', n);
    await allGone(all);
    expect(leftovers(n)).toEqual([]);
  });

  it.concurrent('deletion with a service and a task that are not ours', T, async () => {
    const n = 'a04';
    const all = [...circle(n, { minSize: 2 })];
    await bed.apply(...all);
    await allReady(all);
    await eventually('registered', async () => { const r = await bed.aws.send(new ListContainerInstancesCommand({ cluster: n })); return { value: r, done: (r.containerInstanceArns?.length ?? 0) === 2 }; }, 60_000);
    await bed.aws.send(new CreateServiceCommand({ cluster: n, serviceName: 'foreign', taskDefinition: 'app', desiredCount: 1 }));
    await bed.aws.send(new RunTaskCommand({ cluster: n, taskDefinition: 'app', launchType: 'EC2' }));
    await del(all);
    const c = await until('in use', 'ECSCluster', n, (o) => (condition(o, 'Ready')?.message ?? '').includes('foreign'));
    console.log(n, 'cluster', condition(c as Managed, 'Ready')?.reason, condition(c as Managed, 'Ready')?.message);
    await bed.aws.send(new DeleteServiceCommand({ cluster: n, service: 'foreign', force: true }));
    const c2 = await until('tasks', 'ECSCluster', n, (o) => (condition(o, 'Ready')?.message ?? '').includes('has no tasks'));
    console.log(n, 'cluster', condition(c2 as Managed, 'Ready')?.message);
    const { taskArns = [] } = await bed.aws.send(new ListTasksCommand({ cluster: n }));
    for (const task of taskArns) await bed.aws.send(new StopTaskCommand({ cluster: n, task }));
    await allGone(all);
    expect(leftovers(n)).toEqual([]);
  });

  it.concurrent('ghost container instance: terminated while its agent is away', T, async () => {
    const n = 'a05';
    const all = [...circle(n, { minSize: 2 })];
    await bed.apply(...all);
    await allReady(all);
    await eventually('registered', async () => { const r = await bed.aws.send(new ListContainerInstancesCommand({ cluster: n })); return { value: r, done: (r.containerInstanceArns?.length ?? 0) === 2 }; }, 60_000);
    const id = (await bed.group(n))?.Instances?.[0]?.InstanceId ?? '';
    bed.region.setAgent(id, false, { region: bed.config.region });
    bed.region.interruptSpotInstance(id, { region: bed.config.region });
    await eventually('replaced', async () => { const g = await bed.group(n); return { value: g, done: g?.Instances?.every(({ InstanceId }) => InstanceId !== id) === true }; }, 60_000);
    const r = await bed.aws.send(new ListContainerInstancesCommand({ cluster: n }));
    console.log(n, 'container instances after', r.containerInstanceArns?.length);
    await del(all);
    await allGone(all);
    expect(leftovers(n)).toEqual([]);
  });

  it.concurrent('a group deleted by hand', T, async () => {
    const n = 'a06';
    const all = [...circle(n, { minSize: 1 })];
    await bed.apply(...all);
    await allReady(all);
    await bed.autoScaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: n, ForceDelete: true }));
    await eventually('gone', async () => ({ value: 0, done: (await bed.group(n)) === undefined || (await bed.group(n))?.Status !== undefined }), 60_000);
    await bed.pass('AutoScalingGroup', n);
    await ready('AutoScalingGroup', n);
    const p = await until('told', 'ECSCapacityProvider', n, (o) => condition(o, 'Stalled') !== undefined);
    console.log(n, 'provider', condition(p as Managed, 'Stalled')?.message);
    const c = await bed.get('ECSCluster', n);
    console.log(n, 'cluster', JSON.stringify(c?.status?.capacityProviderStatuses));
    await del(all);
    await allGone(all);
    expect(leftovers(n)).toEqual([]);
  });

  it.concurrent('a template deleted by hand', T, async () => {
    const n = 'a07';
    const all = [...circle(n, { minSize: 1 })];
    await bed.apply(...all);
    await allReady(all);
    const old = ((await bed.get('LaunchTemplate', n))?.status as { launchTemplateId?: string })?.launchTemplateId;
    await ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: old }));
    await bed.pass('LaunchTemplate', n);
    await until('new id', 'LaunchTemplate', n, (o) => (o?.status as { launchTemplateId?: string })?.launchTemplateId !== old && o !== undefined && isReady(o));
    await eventually('group has new', async () => { const g = await bed.group(n); return { value: g, done: g?.LaunchTemplate?.LaunchTemplateId !== old }; }, 60_000);
    await ready('AutoScalingGroup', n);
    await del(all);
    await allGone(all);
    expect(leftovers(n)).toEqual([]);
  });

  it.concurrent('cluster deleted by hand', T, async () => {
    const n = 'a08';
    const all = [...circle(n, { minSize: 0 })];
    await bed.apply(...all);
    await allReady(all);
    const { PutClusterCapacityProvidersCommand } = await import('@aws-sdk/client-ecs');
    await bed.aws.send(new PutClusterCapacityProvidersCommand({ cluster: n, capacityProviders: [], defaultCapacityProviderStrategy: [] }));
    await eventually('deleted', async () => {
      try { await bed.aws.send(new DeleteClusterCommand({ cluster: n })); return { value: '', done: true }; } catch (e) { return { value: String(e), done: false }; }
    }, 30_000);
    await bed.pass('ECSCluster', n);
    await ready('ECSCluster', n);
    const c = await bed.get('ECSCluster', n);
    expect(c?.status).toMatchObject({ capacityProviders: [n] });
    await del(all);
    await allGone(all);
    expect(leftovers(n)).toEqual([]);
  });

  it.concurrent('desiredCapacity in the spec, then a provider comes', T, async () => {
    const n = 'a09';
    const all = [...circle(n, { minSize: 0, desiredCapacity: 2 })];
    await bed.apply(...all.filter(({ kind }) => kind !== 'ECSCapacityProvider'));
    await until('made', 'AutoScalingGroup', n, (o) => o !== undefined && isReady(o));
    await bed.apply(...all);
    await allReady(all);
    const mark = bed.region.journal.mark();
    // ECS scales to nothing
    await eventually('scaled in', async () => { const g = await bed.group(n); return { value: g, done: g?.DesiredCapacity === 0 }; }, 120_000);
    await bed.pass('AutoScalingGroup', n);
    await bed.pass('AutoScalingGroup', n);
    expect((await bed.group(n))?.DesiredCapacity).toBe(0);
    expect(bed.region.journal.mutations(mark).filter((m) => m.operation === 'UpdateAutoScalingGroup' && JSON.stringify(m.input).includes(n) && !(m as any).internal).map((m) => m.input)).toEqual([]);
    await bed.apply(group(n, { launchTemplateRef: { name: n }, minSize: 0, maxSize: 10 }));
    await ready('AutoScalingGroup', n);
    await bed.autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: n, DesiredCapacity: 3 }));
    await bed.pass('AutoScalingGroup', n);
    console.log(n, calls(n, mark));
    await del(all);
    await allGone(all);
    expect(leftovers(n)).toEqual([]);
  });

  it.concurrent('changing launchTemplateRef and deleting the old template at once while paused', T, async () => {
    const n = 'a10';
    await bed.apply(launchTemplate(n), launchTemplate(`${n}-new`), group(n, { launchTemplateRef: { name: n }, minSize: 2, instanceRefresh: { paused: true } }));
    await ready('AutoScalingGroup', n);
    await bed.apply(group(n, { launchTemplateRef: { name: `${n}-new` }, minSize: 2, instanceRefresh: { paused: true } }));
    await bed.delete('LaunchTemplate', n);
    await until('paused', 'AutoScalingGroup', n, (o) => condition(o, 'Ready')?.reason === 'RefreshPaused');
    const end = Date.now() + 5000;
    let still = true;
    while (Date.now() < end) { still = (await bed.get('LaunchTemplate', n)) !== undefined; if (!still) break; await new Promise((r) => setTimeout(r, 200)); }
    console.log(n, 'old template still there:', still);
    await bed.autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: n, DesiredCapacity: 3 })).catch((e) => console.log(n, 'scale', String(e)));
    await eventually('scaled out', async () => { const g = await bed.group(n); return { value: g, done: g?.Instances?.filter((i) => i.LifecycleState === 'InService').length === 3 }; }, 30_000);
  });

  it.concurrent('versionHistoryLimit 0 with a paused group', T, async () => {
    const n = 'a11';
    const lt = (imageId: string) => launchTemplate(n, { versionHistoryLimit: 0, launchTemplateData: { ...templateData(), imageId } });
    await bed.apply(lt('ami-00000000000000001'), group(n, { launchTemplateRef: { name: n }, minSize: 1, instanceRefresh: { paused: true } }));
    await ready('AutoScalingGroup', n);
    await bed.apply(lt(IMAGE_2)); await ready('LaunchTemplate', n);
    await bed.apply(lt(IMAGE_3)); await ready('LaunchTemplate', n);
    await bed.pass('LaunchTemplate', n);
    const id = ((await bed.get('LaunchTemplate', n))?.status as { launchTemplateId?: string })?.launchTemplateId;
    const v = await ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id }));
    console.log(n, 'versions', v.LaunchTemplateVersions?.map((x) => x.VersionNumber), 'group', (await bed.group(n))?.LaunchTemplate?.Version);
    expect(v.LaunchTemplateVersions?.map((x) => String(x.VersionNumber))).toContain((await bed.group(n))?.LaunchTemplate?.Version);
  });

  it.concurrent('switching to mixed instances and back', T, async () => {
    const n = 'a12';
    await bed.apply(launchTemplate(n));
    const base = { launchTemplateRef: { name: n }, minSize: 2, maxSize: 4, defaultInstanceWarmup: 0, instanceRefresh: { minHealthyPercentage: 50 } };
    await bed.apply(group(n, base)); await ready('AutoScalingGroup', n);
    const mark = bed.region.journal.mark();
    await bed.apply(group(n, { ...base, mixedInstancesPolicy: { launchTemplate: { overrides: [{ instanceType: 'c5.large' }, { instanceType: 'c5.xlarge' }] }, instancesDistribution: { onDemandPercentageAboveBaseCapacity: 0, spotAllocationStrategy: 'price-capacity-optimized' } } }));
    await ready('AutoScalingGroup', n);
    console.log(n, calls(n, mark), (await bed.group(n))?.Instances?.map((i) => i.InstanceType));
    await newVersionPlain(n, IMAGE_2);
    await until('v2', 'AutoScalingGroup', n, (o) => (o?.status as { launchTemplate?: string })?.launchTemplate?.endsWith(':2') === true && o !== undefined && isReady(o));
    await bed.apply(group(n, base));
    await until('back', 'AutoScalingGroup', n, (o) => o !== undefined && isReady(o));
    console.log(n, calls(n, mark), (await bed.group(n))?.Instances?.map((i) => i.InstanceType), (await bed.group(n))?.MixedInstancesPolicy);
    await del([group(n)]); await gone('AutoScalingGroup', n);
  });
  const newVersionPlain = (name: string, imageId: string) => bed.apply(launchTemplate(name, { launchTemplateData: { ...templateData(), imageId } }));

  it.concurrent('spot interruption and restart during refresh, two quick changes', T, async () => {
    const n = 'a13';
    const all = [...circle(n, { minSize: 4, maxSize: 10 }), td(n), svc(n)];
    await bed.apply(...all); await allReady(all);
    await newVersion(n, IMAGE_2);
    await until('refreshing', 'AutoScalingGroup', n, (o) => JSON.stringify(o?.status?.instanceRefresh ?? {}).includes('InProgress'));
    const id = (await bed.group(n))?.Instances?.[0]?.InstanceId ?? '';
    bed.region.interruptSpotInstance(id, { region: bed.config.region });
    await newVersion(n, IMAGE_3);
    await newVersion(n, 'ami-00000000000000004');
    await until('v4', 'AutoScalingGroup', n, (o) => (o?.status as { launchTemplate?: string })?.launchTemplate?.endsWith(':4') === true && o !== undefined && isReady(o), 180_000);
    const r = await bed.autoScaling.send(new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: n }));
    console.log(n, r.InstanceRefreshes?.map((x) => [x.Status, x.DesiredConfiguration?.LaunchTemplate?.Version]));
    await del(all); await allGone(all);
    expect(leftovers(n)).toEqual([]);
  });

  it.concurrent('refresh that fails for lack of capacity with autoRollback', T, async () => {
    const n = 'a14';
    await bed.apply(launchTemplate(n), group(n, { launchTemplateRef: { name: n }, minSize: 2, defaultInstanceWarmup: 0, instanceRefresh: { minHealthyPercentage: 50, autoRollback: true } }));
    await ready('AutoScalingGroup', n);
    bed.region.setShortage({ instanceType: 'c5.4xlarge', region: bed.config.region }, true);
    await bed.apply(launchTemplate(n, { launchTemplateData: templateData('c5.4xlarge') }));
    await until('refreshing', 'AutoScalingGroup', n, (o) => JSON.stringify(o?.status?.instanceRefresh ?? {}).includes('InProgress'));
    const o = await until('failed', 'AutoScalingGroup', n, (x) => condition(x, 'Stalled')?.reason === 'InstanceRefreshFailed', 150_000);
    console.log(n, JSON.stringify(o?.status?.conditions));
  });

  it.concurrent('adopted group made by hand, with scaling policy by hand', T, async () => {
    const n = 'a15';
    await bed.apply(launchTemplate(n)); await ready('LaunchTemplate', n);
    const id = ((await bed.get('LaunchTemplate', n))?.status as { launchTemplateId?: string })?.launchTemplateId;
    await bed.autoScaling.send(new CreateAutoScalingGroupCommand({ AutoScalingGroupName: n, MinSize: 1, MaxSize: 5, DesiredCapacity: 3, VPCZoneIdentifier: 'subnet-1,subnet-2', LaunchTemplate: { LaunchTemplateId: id, Version: '1' }, Tags: [{ Key: 'mine', Value: 'x', PropagateAtLaunch: true }] }));
    await bed.autoScaling.send(new PutScalingPolicyCommand({ AutoScalingGroupName: n, PolicyName: 'byhand', PolicyType: 'SimpleScaling', AdjustmentType: 'ChangeInCapacity', ScalingAdjustment: 1 }));
    await bed.apply(group(n, { launchTemplateRef: { name: n }, adoptionPolicy: 'Adopt' }));
    await ready('AutoScalingGroup', n);
    const g = await bed.group(n);
    expect(g?.DesiredCapacity).toBe(3);
    expect(g?.Tags?.map((t) => t.Key)).toContain('mine');
    await bed.delete('AutoScalingGroup', n); await gone('AutoScalingGroup', n);
    expect(await bed.group(n)).toBeUndefined();
  });

  it.concurrent('provider shared by two clusters', T, async () => {
    const n = 'a16';
    const [c, t, g, p] = circle(n, { minSize: 1 }, { managedScaling: { status: 'DISABLED' } });
    const c2 = cluster(`${n}b`, { capacityProviderRefs: [{ name: n }] });
    const all = [c, t, g, p, c2] as Manifest[];
    await bed.apply(...all); await allReady(all);
    await bed.delete('ECSCapacityProvider', n);
    const o = await until('in use', 'ECSCapacityProvider', n, (x) => condition(x, 'Ready')?.reason === 'InUse');
    console.log(n, condition(o as Managed, 'Ready')?.message);
    await del([c, t, g, c2] as Manifest[]);
    await allGone(all);
    expect(leftovers(n)).toEqual([]);
  });

  it.concurrent('cluster that names its provider and is deleted with everything', T, async () => {
    const n = 'a17';
    const all = circle(n, { minSize: 1 }, {}, { capacityProviderRefs: undefined, capacityProviders: [n], defaultCapacityProviderStrategy: [{ capacityProvider: n, weight: 1 }] });
    await bed.apply(...all.slice(1)); 
    await bed.apply(...all); await allReady(all);
    await bed.delete('ECSCapacityProvider', n);
    const o = await until('in use', 'ECSCapacityProvider', n, (x) => condition(x, 'Ready')?.reason === 'InUse');
    console.log(n, condition(o as Managed, 'Ready')?.message);
    await del(all.filter((m) => m.kind !== 'ECSCapacityProvider'));
    await allGone(all);
    expect(leftovers(n)).toEqual([]);
  });

  it.concurrent('cluster is retained, the rest is deleted', T, async () => {
    const n = 'a18';
    const all = circle(n, { minSize: 1 }, {}, { deletionPolicy: 'Retain' });
    await bed.apply(...all); await allReady(all);
    await del(all);
    const seen = await eventually('gone or told', async () => {
      const os = await Promise.all(all.map((m) => bed.get(m.kind, m.metadata.name)));
      return { value: os.map((o) => o && [o.kind, condition(o, 'Ready')?.reason, condition(o, 'Ready')?.message]), done: os.every((o) => o === undefined) };
    }, 20_000).catch((e) => String(e));
    console.log(n, seen);
  });

  it.concurrent('group whose template names a cluster that does not exist', T, async () => {
    const n = 'a19';
    await bed.apply(launchTemplate(n, { ecs: { cluster: 'nope-a19' } }), group(n, { launchTemplateRef: { name: n }, minSize: 1 }));
    const o = await until('anything', 'AutoScalingGroup', n, (x) => isReady(x as Managed), 30_000).catch(String);
    console.log(n, typeof o === 'string' ? o.slice(0, 1500) : JSON.stringify(o?.status?.conditions));
    await bed.delete('AutoScalingGroup', n);
    await gone('AutoScalingGroup', n);
    expect(leftovers(n)).toEqual([]);
  });

  it.concurrent('provider and group replaced in one go, old objects deleted at once, service at work', T, async () => {
    const n = 'a20';
    const all = [...circle(n, { minSize: 0 }), td(n), svc(n)];
    await bed.apply(...all); await allReady(all);
    const m = `${n}x`;
    await bed.apply(
      group(m, { launchTemplateRef: { name: n }, minSize: 0, maxSize: 10 }),
      { ...provider(m), },
      cluster(n, { capacityProviderRefs: [{ name: m }], defaultCapacityProviderStrategy: [{ capacityProviderRef: { name: m }, weight: 1 }] }),
      svc(n, { capacityProviderStrategy: [{ capacityProviderRef: { name: m }, weight: 1 }] }),
    );
    await bed.delete('ECSCapacityProvider', n);
    await bed.delete('AutoScalingGroup', n);
    await gone('ECSCapacityProvider', n);
    await gone('AutoScalingGroup', n);
    await ready('ECSCluster', n); await ready('ECSService', n);
    const { fewestRunning, tasksOf } = await import('../support/task-record.ts');
    const tasks = await tasksOf(bed.aws, n, n);
    const began = tasks.map(({ startedAt }) => startedAt?.getTime() ?? 0).sort((a, b) => a - b);
    console.log(n, 'fewest', fewestRunning(tasks, began[3] ?? 0));
    expect(fewestRunning(tasks, began[3] ?? 0)).toBeGreaterThanOrEqual(4);
    await del([...all.filter((o) => !['ECSCapacityProvider', 'AutoScalingGroup'].includes(o.kind)), group(m), provider(m)]);
    await allGone([...all, group(m), provider(m)]);
    expect(leftovers(n)).toEqual([]);
    expect(leftovers(m)).toEqual([]);
  });
});
