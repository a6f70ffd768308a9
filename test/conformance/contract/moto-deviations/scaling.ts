import { type Deviation, RECORDED, REFERENCE } from './deviation.ts';

export const SCALING: readonly Deviation[] = [
  {
    id: 'group-not-checked',
    operation: 'CreateAutoScalingGroup, SetDesiredCapacity',
    motoDoes: 'Names and sizes are not checked, and an error of EC2 is passed on.',
    awsDoes: 'AlreadyExists and ValidationError.',
    source: REFERENCE,
    rows: {
      'accepted, and not refused':
        'API.CreateAutoScalingGroupB API.CreateAutoScalingGroupC API.CreateAutoScalingGroupD ' +
        'API.SetDesiredCapacityB',
      'refused with InvalidLaunchTemplateName.NotFoundException': 'API.CreateAutoScalingGroupG',
    },
  },
  {
    id: 'group-grace-period',
    operation: 'CreateAutoScalingGroup',
    motoDoes: 'The grace period is 300 seconds unless given.',
    awsDoes: 'It is 0.',
    source: `${REFERENCE}; ${RECORDED}`,
    rows: { 'expected { …(22) } to match object { DefaultCooldown: 300, …(4) }': 'API.DescribeAutoScalingGroups' },
  },
  {
    id: 'group-deleted-with-instances',
    operation: 'DeleteAutoScalingGroup',
    motoDoes: 'A group with instances is deleted without force.',
    awsDoes: 'ResourceInUse.',
    source: REFERENCE,
    rows: { 'accepted, and not refused': 'API.DeleteAutoScalingGroup' },
  },
  {
    id: 'hooks-not-run',
    operation: 'SetDesiredCapacity',
    motoDoes: 'Lifecycle hooks hold nothing up.',
    awsDoes: 'An instance waits for them.',
    source: REFERENCE,
    rows: { 'one element was expected, and there are 0': 'MD-04b' },
  },
  {
    id: 'traffic-sources-missing',
    operation: 'AttachTrafficSources, DetachLoadBalancers',
    motoDoes: 'Traffic sources do not exist, and any load balancer can be detached.',
    awsDoes: 'They do, and ValidationError.',
    source: REFERENCE,
    rows: {
      'XML parse error': 'API.AttachTrafficSources',
      'accepted, and not refused': 'API.DetachLoadBalancers',
    },
  },
  {
    id: 'template-not-checked',
    operation: 'CreateLaunchTemplate, DescribeLaunchTemplates',
    motoDoes: 'Names are not checked, and an id that does not exist is no error.',
    awsDoes: 'Each is an error of its own.',
    source: 'EC2 API reference, error codes',
    rows: { 'accepted, and not refused': 'API.CreateLaunchTemplateB API.DescribeLaunchTemplatesB' },
  },
  {
    id: 'source-version-ignored',
    operation: 'CreateLaunchTemplateVersion',
    motoDoes: 'SourceVersion is ignored.',
    awsDoes: 'The new version has what the source has and the data does not name.',
    source: REFERENCE,
    rows: {
      "expected { InstanceType: 'm5.large' } to match object { InstanceType: 'm5.large', …(1) }":
        'API.CreateLaunchTemplateVersionB',
    },
  },
  {
    id: 'no-delete-versions',
    operation: 'DeleteLaunchTemplateVersions',
    motoDoes: 'The operation is not implemented.',
    awsDoes: 'It is, and the default version is kept.',
    source: REFERENCE,
    rows: { 'XML parse error': 'API.DeleteLaunchTemplateVersions' },
  },
  {
    id: 'target-not-checked',
    operation: 'RegisterScalableTarget',
    motoDoes: "Bounds are not checked; a missing cluster is ECS's own error; suspendedState is left out.",
    awsDoes: 'ValidationException; the state is there.',
    source: REFERENCE,
    rows: {
      'expected undefined to deeply equal { …(3) }': 'AS-12',
      'refused with ClusterNotFoundException': 'API.RegisterScalableTarget',
      'accepted, and not refused': 'API.RegisterScalableTargetB API.RegisterScalableTargetC',
    },
  },
  {
    id: 'scaling-not-found',
    operation: 'DeregisterScalableTarget, DeleteScalingPolicy, PutScalingPolicy',
    motoDoes: 'What is missing is a ValidationException, or no error.',
    awsDoes: 'ObjectNotFoundException.',
    source: REFERENCE,
    rows: {
      'refused with ValidationException': 'API.DeregisterScalableTarget API.DeleteScalingPolicy',
      'accepted, and not refused': 'API.PutScalingPolicy',
    },
  },
  {
    id: 'policies-outlive-target',
    operation: 'DeregisterScalableTarget',
    motoDoes: 'Policies stay.',
    awsDoes: 'They go with their target.',
    source: REFERENCE,
    rows: { 'expected [ { …(9) } ] to deeply equal []': 'API.DeregisterScalableTargetB' },
  },
  {
    id: 'policy-gets-new-arn',
    operation: 'PutScalingPolicy',
    motoDoes: 'A policy put again has another ARN.',
    awsDoes: 'It keeps its ARN.',
    source: REFERENCE,
    rows: { "to be 'arn:aws:autoscaling:": 'API.PutScalingPolicyB' },
  },
  {
    id: 'schedules-not-run',
    operation: 'PutScheduledAction',
    motoDoes: 'Nothing happens at the time.',
    awsDoes: 'The bounds move.',
    source: REFERENCE,
    rows: { 'expected 1 to be 3': 'AS-14b' },
  },
  {
    id: 'serialization',
    operation: 'all of ECS',
    motoDoes:
      'A body that is no JSON or has values of the wrong type is taken; an operation that does not exist is an answer of 500.',
    awsDoes: 'SerializationException and UnknownOperationException, with status 400.',
    source: 'AWS JSON 1.1 protocol',
    rows: { 'expected 200 to be 400': 'API.jsonE API.jsonG', 'expected 500 to be 400': 'API.jsonF' },
  },
];
