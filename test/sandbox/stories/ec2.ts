import { allLive, type Goal, type Story, showKubectl, watchUntil } from './stage.ts';

/** The service runs so many tasks, and everything is Ready. */
const runs =
  (story: Story, tasks: number): Goal =>
  (objects) =>
    allLive(story)(objects) && objects.some(({ status }) => status?.runningCount === tasks);

/** No instance is left that was launched from another version of the template. */
const refreshed: Goal = (objects) =>
  objects.some(({ status }) => status?.instanceRefresh?.status === 'Successful' && status.instances?.outdated === 0);

/** An image of the user's own in place of the recommended one. */
const ownImage = JSON.stringify([
  { op: 'remove', path: '/spec/imageSelector' },
  { op: 'add', path: '/spec/launchTemplateData/imageId', value: 'ami-0a1b2c3d4e5f60718' },
]);

export const ec2: Story = {
  summary: 'a cluster on EC2 instances: grows with its service and gets a new image, about two minutes',
  example: 'examples/ec2-cluster',
  objects: 6,
  speed: 20,
  stepDeadlineMs: 240_000,
  chapters: [
    {
      title: 'Twenty tasks: the capacity provider grows the group',
      async tell(stage, story) {
        await showKubectl(stage, 'scale', 'ecsservice/ec2', '--replicas=20');
        await watchUntil(stage, story, 'the service runs 20 tasks and all are Ready', runs(story, 20));
        await showKubectl(stage, 'get', 'asg,ecsc,ecscp');
      },
    },
    {
      title: 'A new image: instances are replaced while the service runs',
      async tell(stage, story) {
        await showKubectl(stage, 'patch', 'launchtemplate', 'ec2', '--type=json', '-p', ownImage);
        await watchUntil(
          stage,
          story,
          'the instances are of the new version and all are Ready',
          (objects) => refreshed(objects) && runs(story, 20)(objects),
        );
        await showKubectl(stage, 'describe', 'asg/ec2');
      },
    },
  ],
};
