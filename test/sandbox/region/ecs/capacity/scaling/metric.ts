/** The metric of managed scaling (CAS-02). */
export const reservationMetric = (cluster: string, provider: string) => ({
  namespace: 'AWS/ECS/ManagedScaling',
  name: 'CapacityProviderReservation',
  dimensions: { CapacityProviderName: provider, ClusterName: cluster },
});
