import { conditionOf } from '../objects.ts';
import { allLive, type Goal, type Stage, type Story, showKubectl, watchUntil } from './stage.ts';

const rolledBack: Goal = (objects) =>
  objects.some((object) => object.kind === 'ECSService' && conditionOf(object, 'Ready')?.reason === 'RolledBack');

/** True once the service runs this revision, and all is settled. */
const runsRevision =
  (story: Story, revision: string): Goal =>
  (objects) =>
    allLive(story)(objects) && objects.some(({ status }) => status?.taskDefinitionRevision === revision);

function setImage(stage: Stage, image: string): Promise<void> {
  const patch = [{ op: 'replace', path: '/spec/containerDefinitions/0/image', value: image }];
  return showKubectl(stage, 'patch', 'ecstaskdefinition', 'quickstart', '--type=json', '-p', JSON.stringify(patch));
}

export const quickstart: Story = {
  summary: 'a Fargate service: rolls out an image, breaks one, about a minute',
  example: 'examples/quickstart',
  objects: 3,
  speed: 1,
  stepDeadlineMs: 60_000,
  chapters: [
    {
      title: 'A new image: ECS gets a new revision, and the service rolls to it',
      async tell(stage, story) {
        await setImage(stage, 'nginx:1.28');
        await watchUntil(stage, story, 'the service runs revision 2 and is Ready', runsRevision(story, 'quickstart:2'));
      },
    },
    {
      title: 'An image that cannot be pulled: the circuit breaker rolls back, and Ready says so',
      async tell(stage, story) {
        await setImage(stage, 'sim/cannot-pull:1');
        await watchUntil(stage, story, 'the service is Ready=False with reason RolledBack', rolledBack);
        const message = '{.status.conditions[?(@.type=="Ready")].message}';
        await showKubectl(stage, 'get', 'ecsservice', 'quickstart', '-o', `jsonpath=${message}`);
      },
    },
  ],
};
