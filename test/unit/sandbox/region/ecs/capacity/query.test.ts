import { describe, expect, it } from 'vitest';
import { answers, type Queried } from '../../../../../sandbox/region/ecs/capacity/query/evaluate.ts';
import { parseQuery } from '../../../../../sandbox/region/ecs/capacity/query/parse.ts';

const instance: Queried = {
  agentConnected: true,
  agentVersion: '1.89.2',
  ec2InstanceId: 'i-abcd1234',
  registeredAt: new Date('2018-06-18T22:28:28Z'),
  runningTasksCount: 1,
  attributes: new Map([
    ['ecs.instance-type', 'g2.2xlarge'],
    ['ecs.availability-zone', 'us-east-1a'],
    ['stack', 'prod'],
    ['ecs.capability.task-eni', ''],
  ]),
  taskGroups: ['service:web', 'database'],
};

describe('the cluster query language', () => {
  it.each([
    ['attribute:ecs.instance-type == g2.2xlarge', true],
    ['attribute:ecs.instance-type equals t2.small', false],
    ['attribute:ecs.availability-zone in [us-east-1a, us-east-1b]', true],
    ["attribute:ecs.availability-zone not_in ['us-east-1a']", false],
    ['attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d', true],
    ['attribute:ecs.instance-type =~ g2', false],
    ['attribute:ecs.instance-type =~ (g2|p3).* && agentConnected == true', true],
    ['attribute:ecs.instance-type !~ t2.*', true],
    ['attribute:stack exists', true],
    ['attribute:ecs.capability.task-eni exists', true],
    ['attribute:stack !exists', false],
    ['attribute:absent not_exists', true],
    ['attribute:absent == x', false],
    ['attribute:absent != x', true],
    ['runningTasksCount == 1', true],
    ['runningTasksCount greater_than 9', false],
    ['runningTasksCount < 10', true],
    ['agentVersion < 1.100.0', true],
    ['agentVersion >= 1.89.2', true],
    ['agentVersion less_than 1.14.5', false],
    ['registeredAt < 2018-02-13', false],
    ['registeredAt >= 2018-06-18T22:28:28', true],
    ['registeredAt == 2018-06-19T00:28:28+02:00', true],
    ["ec2InstanceId in ['i-abcd1234', 'i-wxyx7890']", true],
    ['task:group == service:web', true],
    ['not(task:group == database)', false],
    ['!(task:group == other)', true],
    ['task:group != database', false],
    ['runningTasksCount == 2 and runningTasksCount == 1 or attribute:stack == prod', true],
    ['runningTasksCount == 2 and (runningTasksCount == 1 or attribute:stack == prod)', false],
    ['attribute:stack == "prod"', true],
  ])('PL-26: %s is %s', (text, expected) => {
    expect(answers(parseQuery(text), instance)).toBe(expected);
  });

  it.each([
    ['', 'a subject is expected at position 0'],
    ['colour == red', 'colour is not a subject at position 6'],
    ['attribute:stack', 'an operator is expected at position 15'],
    ['attribute:stack ==', 'an argument is expected at position 18'],
    ['attribute:stack in prod', 'a list in brackets is expected at position 19'],
    ['attribute:stack in [prod', "']' is expected at position 24"],
    ["attribute:stack == 'prod", 'a quote is not closed at position 19'],
    ['(attribute:stack == prod', "')' is expected at position 24"],
    ['attribute:stack == prod attribute:x exists', 'the end of the expression is expected at position 24'],
    ['runningTasksCount in [1, 2]', 'the operator in cannot be used with runningTasksCount at position 20'],
    ['agentConnected > true', 'the operator > cannot be used with agentConnected at position 16'],
    ['agentConnected == yes', 'yes is no value for agentConnected at position 21'],
    ['registeredAt < yesterday', 'yesterday is no value for registeredAt at position 24'],
    ['attribute:stack =~ [', '[ is no value for attribute at position 20'],
  ])('PL-23: %s is refused', (text, problem) => {
    expect(() => parseQuery(text)).toThrow(`Invalid expression '${text}': ${problem}.`);
  });
});
