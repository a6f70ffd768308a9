import type { ContainerInstanceState } from '../state.ts';

/** On a machine outside AWS (ECS Anywhere), which Systems Manager has given its id. */
export const isExternal = ({ ec2InstanceId }: Pick<ContainerInstanceState, 'ec2InstanceId'>): boolean =>
  ec2InstanceId.startsWith('mi-');
