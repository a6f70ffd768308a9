/** ECS finds the groups of its capacity providers by this tag: without it they are not scaled any more (CP-08). */
export const ECS_MANAGED_TAG = 'AmazonECSManaged';

/** With this lifecycle hook ECS drains an instance before it is terminated (MD-04). */
export const MANAGED_DRAINING_HOOK = 'ecs-managed-draining-termination-hook';

/** What ECS calls the scaling policies that it makes for a capacity provider with managed scaling (CP-07). */
export const ECS_POLICY_PREFIX = 'ECSManaged';
