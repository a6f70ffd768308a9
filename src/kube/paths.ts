import type { ResourceNames } from './types.ts';

export type ResourcePath = Pick<ResourceNames, 'group' | 'version' | 'plural' | 'scope'>;

/**
 * The URL path of all objects of a kind, of those in one namespace, of one object, or of its subresource. A kind that is in no namespace has
 * none in its paths, whatever is given.
 */
export function pathOf(resource: ResourcePath, namespace?: string, name?: string, subresource?: string): string {
  const parts = resource.group === '' ? ['api', resource.version] : ['apis', resource.group, resource.version];
  if (namespace !== undefined && resource.scope !== 'Cluster') parts.push('namespaces', namespace);
  parts.push(resource.plural);
  if (name !== undefined) parts.push(name);
  if (subresource !== undefined) parts.push(subresource);
  return `/${parts.map(encodeURIComponent).join('/')}`;
}
