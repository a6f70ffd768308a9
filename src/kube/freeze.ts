/** Freezes a parsed JSON value in place, all the way down, and returns it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}

/** The object without `metadata.managedFields`, which is often half of its size and which nobody here reads. */
export function withoutManagedFields<T extends { readonly metadata: object }>(object: T): T {
  if (!('managedFields' in object.metadata)) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/**
 * An object as all of this program knows it: without `managedFields`, and with an empty namespace where the API server leaves it out, for
 * what is in none.
 */
export function received<T extends { readonly metadata: { readonly namespace: string } }>(object: T): T {
  const { namespace = '' } = object.metadata;
  const slim = withoutManagedFields(object);
  return slim.metadata.namespace === namespace ? slim : { ...slim, metadata: { ...slim.metadata, namespace } };
}
