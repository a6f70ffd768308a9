import type {
  GetParameterRequest,
  GetParameterResult,
  GetParametersByPathRequest,
  GetParametersByPathResult,
  GetParametersRequest,
  GetParametersResult,
  Parameter,
} from '@aws-sdk/client-ssm';
import { type ImageParameter, imageParameter, imageParameters } from '../ec2/image-parameters.ts';
import { AwsError } from '../errors.ts';
import { paged } from '../paged.ts';
import type { World } from '../world.ts';

/** Names in one GetParameters, and parameters in one answer of GetParametersByPath. */
const MAX = 10;

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

export function getParameter(world: World, input: GetParameterRequest): GetParameterResult {
  const name = input.Name ?? '';
  const { parameter, versioned } = find(world, name);
  if (parameter !== undefined) return { Parameter: parameter };
  if (versioned) {
    throw new AwsError(
      'ParameterVersionNotFound',
      `Systems Manager could not find version of ${name}. Verify the version and try again.`,
    );
  }
  throw new AwsError('ParameterNotFound', '');
}

/** What does not exist is no error: it is named (WA-06). */
export function getParameters(world: World, input: GetParametersRequest): GetParametersResult {
  const names = input.Names ?? [];
  if (names.length === 0 || names.length > MAX) {
    const rule =
      names.length === 0
        ? 'Member must have length greater than or equal to 1'
        : `Member must have length less than or equal to ${MAX}`;
    throw invalid(
      `1 validation error detected: Value '[${names.join(', ')}]' at 'names' failed to satisfy constraint: ${rule}`,
    );
  }
  const found = names.map((name) => ({ name, ...find(world, name) }));
  return {
    Parameters: found.flatMap(({ parameter }) => (parameter === undefined ? [] : [parameter])),
    InvalidParameters: found.flatMap(({ name, parameter }) => (parameter === undefined ? [name] : [])),
  };
}

export function getParametersByPath(world: World, input: GetParametersByPathRequest): GetParametersByPathResult {
  if (input.ParameterFilters !== undefined) {
    throw new AwsError('UnsupportedFeatureException', 'The simulated region does not filter parameters.');
  }
  const path = input.Path ?? '';
  if (!path.startsWith('/')) {
    throw invalid('The parameter path name must begin with a forward slash "/".');
  }
  const prefix = path.endsWith('/') ? path : `${path}/`;
  const newest = new Map(imageParameters(world).map((parameter) => [parameter.name, parameter]));
  const below = [...newest.values()]
    .filter(({ name }) => name.startsWith(prefix))
    .filter(({ name }) => input.Recursive === true || !name.slice(prefix.length).includes('/'))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const { items, nextToken } = paged(below, ({ name }) => name, {
    token: input.NextToken,
    size: pageSize(input.MaxResults),
    invalidToken: () => new AwsError('InvalidNextToken', 'The specified token is not valid.'),
  });
  return { Parameters: items.map((parameter) => view(world, parameter)), NextToken: nextToken };
}

function pageSize(given = MAX): number {
  if (given >= 1 && given <= MAX) return given;
  throw invalid(
    `1 validation error detected: Value '${given}' at 'maxResults' failed to satisfy constraint: ` +
      `Member must have value ${given < 1 ? 'greater than or equal to 1' : `less than or equal to ${MAX}`}`,
  );
}

interface Found {
  readonly parameter: Parameter | undefined;
  /** It exists, in other versions. */
  readonly versioned: boolean;
}

/** A name or ARN, which may end in `:` and a version; labels there are none. */
function find(world: World, given: string): Found {
  const start = arnStart(world);
  const name = given.startsWith(start) ? given.slice(start.length) : given;
  const [bare = '', selector] = name.split(':');
  const parameter = imageParameter(world, bare, selector === undefined ? undefined : Number(selector));
  if (parameter === undefined) {
    return { parameter, versioned: selector !== undefined && imageParameter(world, bare) !== undefined };
  }
  const shown = view(world, parameter);
  return { parameter: selector === undefined ? shown : { ...shown, Selector: `:${selector}` }, versioned: false };
}

/** Public parameters belong to no account. */
const arnStart = (world: World): string => `arn:aws:ssm:${world.region}::parameter`;

function view(world: World, { name, value, version, modifiedAt }: ImageParameter): Parameter {
  return {
    Name: name,
    Type: 'String',
    Value: value,
    Version: version,
    LastModifiedDate: modifiedAt,
    ARN: `${arnStart(world)}${name}`,
    DataType: 'text',
  };
}
