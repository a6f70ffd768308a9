import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // What comes after the tests decides too; vitest would otherwise give it up after 10 s, and succeed.
    teardownTimeout: 60_000,
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      {
        test: {
          name: 'integration',
          include: ['test/{integration,faults,conformance}/**/*.test.ts'],
          // One control plane for the whole run; the first time on a machine it is built, which no test's own time-out covers.
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 90_000,
          // The API server needs a core as well.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
