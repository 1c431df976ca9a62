import { defineConfig } from 'vitest/config';

/** The phone of `npm run dev` in a real browser: `npm run test:phone`, which needs Chromium. */
export default defineConfig({
  test: {
    include: ['test/phone/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // One browser at a time, and time enough for a busy machine.
    fileParallelism: false,
    expect: { poll: { timeout: 5_000 } },
  },
});
