import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestBed, testBed } from '../support/test-bed.ts';

describe('the quickstart example', () => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await testBed();
  });
  afterAll(() => bed.stop());

  it('becomes a cluster, a revision and a running service', async () => {
    const manifests = [
      ...(await bed.example('quickstart/service.yaml')),
      ...(await bed.example('quickstart/task-definition.yaml')),
      ...(await bed.example('quickstart/cluster.yaml')),
    ];
    await bed.apply(...manifests);
    const service = await bed.ready('ECSService', 'quickstart');
    expect(service.status).toMatchObject({ runningCount: 2, desiredCount: 2, rolloutState: 'COMPLETED' });
    expect(bed.region.journal.count()).toEqual({});
  });
});
