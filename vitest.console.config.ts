import { defineConfig } from 'vitest/config';

/** With CONSOLE_VIEWS=one each journey is made once, which takes a quarter of the time; the four views take turns. */
const LEFT_OUT = process.env['CONSOLE_VIEWS'] === 'one' ? ['en-1280', 'zh-1280', 'en-390'] : [];

/** The console in a real browser over the whole local stack: `npm run test:console`, which needs Chromium. */
export default defineConfig({
  test: {
    include: ['test/console/**/*.test.ts'],
    exclude: LEFT_OUT.map((name) => `test/console/${name}.test.ts`),
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 10_000 } },
    maxWorkers: 2,
  },
});
