import { defineConfig } from 'vitest/config';

/** The documents as a site, built and looked at: `npm run test:docs`, which needs Chromium. */
export default defineConfig({
  test: {
    include: ['test/site/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 30_000 } },
    fileParallelism: false,
  },
});
