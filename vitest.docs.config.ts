import { defineConfig } from 'vitest/config';

/** The documents as a site, built and looked at: `npm run test:docs`, which needs Chromium. */
export default defineConfig({
  test: {
    include: ['test/site/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 180_000,
    fileParallelism: false,
  },
});
