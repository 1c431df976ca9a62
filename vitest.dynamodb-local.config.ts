import { defineConfig } from 'vitest/config';

/** The tests that talk to DynamoDB, over AWS's own DynamoDB Local instead of the engine that `npm test` uses. */
export default defineConfig({
  test: {
    name: 'dynamodb-local',
    include: ['test/{connected,contract,engines}/**/*.test.ts'],
    // Nothing may run beside it.
    exclude: ['test/engines/several-apps.test.ts'],
    globalSetup: ['test/support/dynamodb-local.ts'],
    env: { NO_COLOR: '1' },
    setupFiles: ['test/support/no-bad-fields.ts'],
    // As in vitest.config.ts.
    maxWorkers: 4,
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    restoreMocks: true,
    unstubEnvs: true,
  },
});
