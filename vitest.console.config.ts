import { defineConfig } from 'vitest/config';

/** The console in a real browser over the whole local stack: `npm run test:console`, which needs Chromium. */
export default defineConfig({
  test: { include: ['test/console/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 120_000, maxWorkers: 2 },
});
