import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Long enough for a test over the local engines on a busy laptop; a rule's test takes milliseconds.
    testTimeout: 15_000,
    hookTimeout: 90_000,
    restoreMocks: true,
    unstubEnvs: true,
  },
});
