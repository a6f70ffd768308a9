import { isMutation, type JournalEntry } from '../sandbox/region/index.ts';

/** What was done in AWS, by operation and logical resource. Requests that changed nothing are not counted. */
export function mutationCounts(entries: readonly JournalEntry[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const entry of entries) {
    if (!isMutation(entry) || !entry.effective) continue;
    const name = `${entry.operation} ${resourceOf(entry.input)}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Where an input says what it is about, the most specific name first. */
const NAMES = [
  'resourceArn',
  'taskDefinition',
  'family',
  'serviceName',
  'service',
  'clusterName',
  'capacityProvider',
  'cluster',
  'name',
  'LaunchTemplateName',
  'LaunchTemplateId',
  'AutoScalingGroupName',
];

/** The most specific name in the input, without account, region and revision. */
function resourceOf(input: unknown): string {
  const members = membersOf(input);
  for (const field of NAMES) {
    const name = members[field];
    // An update of a service names a task definition too, and is not about it.
    const ofService = field === 'taskDefinition' && (members.service ?? members.serviceName) !== undefined;
    if (typeof name === 'string' && !ofService) return lastPart(name);
  }
  const [first] = list(members.Resources ?? members.Tags);
  const tagged = typeof first === 'string' ? first : membersOf(first).ResourceId;
  return typeof tagged === 'string' ? lastPart(tagged) : '';
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** EC2 gives templates ids that differ from one run to the next. */
function lastPart(name: string): string {
  return name
    .replace(/^arn:[^/]*:/, '')
    .replace(/:\d+$/, '')
    .replace(/^lt-[0-9a-f]+$/, 'the launch template');
}
